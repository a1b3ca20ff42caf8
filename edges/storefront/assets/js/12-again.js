// A page that waits for something looks again by itself and changes what it shows: nothing jumps, and a screen
// reader reads what is new. Without a script the page is loaded anew.
(() => {
  function wait() {
    const seconds = Number(document.querySelector('[data-again]')?.dataset.again);
    if (seconds > 0) setTimeout(look, seconds * 1000);
  }
  async function look() {
    try {
      const page = await pageAt(location.href);
      const head = page?.querySelector('#main > .order-head');
      if (!head) return location.reload();
      show([...page.getElementById('main').childNodes], head);
    } catch {
      // The next look may reach the shop again.
    }
    wait();
  }
  /** Puts the parts in place of those shown. The head itself stays: what changes in it is read aloud. */
  function show(parts, head) {
    const main = document.getElementById('main');
    const old = main.querySelector('.order-head');
    for (const node of [...main.childNodes]) if (node !== old) node.remove();
    if (old.innerHTML !== head.innerHTML) old.replaceChildren(...head.childNodes);
    old.toggleAttribute('data-again', 'again' in head.dataset);
    if (head.dataset.again) old.dataset.again = head.dataset.again;
    const at = parts.indexOf(head);
    old.before(...parts.slice(0, at));
    old.after(...parts.slice(at + 1));
    writePrices(main);
  }
  wait();
})();
