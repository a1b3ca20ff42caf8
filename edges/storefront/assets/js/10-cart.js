// The cart answers at once: its forms are sent as they are, and what comes back is put in place.
(() => {
  if (!document.getElementById('cart')) return;
  let sending = false;

  /** Names a control, so that the same one has the focus again afterwards. */
  const named = (control) => control?.getAttribute?.('aria-label') ?? control?.textContent?.trim();

  async function send(form, submitter) {
    if (sending) return;
    sending = true;
    const cart = document.getElementById('cart');
    cart.setAttribute('aria-busy', 'true');
    const fields = new URLSearchParams(new FormData(form, submitter));
    const name = named(document.activeElement);
    try {
      const get = form.method === 'get';
      const address = form.getAttribute('action') + (get ? `?${fields}` : '');
      const answer = await fetch(address, get ? {} : { method: 'POST', body: fields });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const next = page.getElementById('cart');
      if (!next) return location.assign(answer.url);
      cart.replaceWith(next);
      writePrices(next);
      const same = all('button, input, select', next).find((control) => named(control) === name);
      (same && !same.disabled ? same : next.querySelector('[role="status"], h1'))?.focus?.();
      document.dispatchEvent(new Event('cart:changed'));
    } catch {
      form.submit();
    } finally {
      sending = false;
      document.getElementById('cart')?.removeAttribute('aria-busy');
    }
  }

  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.closest('#cart') || !form.getAttribute('action').startsWith('/cart')) return;
    event.preventDefault();
    send(form, event.submitter);
  });
  document.addEventListener('change', (event) => {
    const form = event.target.closest?.('#cart .stepper, #cart .estimate');
    if (form && event.target.checkValidity()) send(form);
  });
})();
