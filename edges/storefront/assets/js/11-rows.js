// What a shopper looked at: remembered here for whoever has no session, and shown where a page, which is
// the same for everyone, leaves room for it.
(() => {
  const MOST = 12;
  const seen = () => kept.get('seen').split(',').filter(Boolean);
  const product = document.querySelector('[data-product]')?.dataset.product;

  async function mine(place) {
    try {
      const others = seen().filter((id) => id !== product);
      const answer = await fetch(`/rows/mine?seen=${others.join(',')}`, { headers: { accept: 'text/html' } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const rows = all('section', page.body);
      if (!rows.length) return;
      place.replaceChildren(...rows);
      writePrices(place);
    } catch {
      // The link stays.
    }
  }
  const place = document.getElementById('my-rows');
  if (place) mine(place);
  if (product) kept.set('seen', [product, ...seen().filter((id) => id !== product)].slice(0, MOST).join(','));

  document.addEventListener('submit', (event) => {
    const name = event.target.dataset?.forgets;
    if (name) kept.set(name, '');
  });

  // A heart answers where it is.
  document.addEventListener('submit', async (event) => {
    const form = event.target.closest?.('form.heart');
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector('button');
    const on = button.getAttribute('aria-pressed') === 'true';
    try {
      const address = on ? '/wishlist/remove' : '/wishlist/add';
      const fields = new URLSearchParams(new FormData(form));
      const answer = await fetch(address, { method: 'POST', body: fields });
      if (!answer.ok || /list=wishlist_full/.test(answer.url)) return location.assign(answer.url);
      button.setAttribute('aria-pressed', String(!on));
    } catch {
      form.submit();
    }
  });
})();
