// A form that is sent says so: its button is busy until the next page comes, a second press sends nothing more,
// and who waits long is told what happens.
(() => {
  const SOON_MS = 2000;
  const LONG_MS = 10000;
  let waiting = [];
  function say(form, button, text) {
    let says = form.querySelector('.sending');
    if (!says) {
      says = document.createElement('span');
      says.className = 'hint sending';
      says.setAttribute('role', 'status');
      if (button?.classList.contains('button')) button.after(says);
      else form.append(says);
    }
    says.textContent = text;
  }
  /** As it was: the page is shown again, from the browser's memory. */
  function rest() {
    for (const { form, button, timers } of waiting) {
      timers.forEach(clearTimeout);
      button?.removeAttribute('aria-busy');
      form.querySelector('.sending')?.remove();
    }
    waiting = [];
  }
  // On the window, so that whatever a page does with its own forms was done before.
  addEventListener('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute('method') !== 'post') return;
    if (waiting.some((one) => one.form === form)) return event.preventDefault();
    const button = event.submitter;
    button?.setAttribute('aria-busy', 'true');
    const timers = [
      setTimeout(say, SOON_MS, form, button, 'One moment, this is still being done.'),
      setTimeout(say, LONG_MS, form, button, 'This takes longer than usual. You can wait, or load the page again to see how it stands.'),
    ];
    waiting.push({ form, button, timers });
  });
  addEventListener('pageshow', rest);
})();
