// The name and the number of pieces in the header: pages are the same for everyone, this is not.
async function glance() {
  const cart = document.getElementById('my-cart');
  if (!cart) return;
  try {
    const answer = await fetch('/glance', { headers: { accept: 'application/json' } });
    if (!answer.ok) return;
    const { name, pieces } = await answer.json();
    const badge = cart.querySelector('.pieces');
    badge.hidden = !pieces;
    badge.textContent = pieces > 99 ? '99+' : String(pieces);
    cart.querySelector('.said').textContent = pieces ? (pieces === 1 ? ' piece' : ' pieces') : '';
    if (name) document.querySelector('#my-account .label').textContent = name;
  } catch {
    // The links lead there anyway.
  }
}
glance();
document.addEventListener('cart:changed', glance);
addEventListener('pageshow', (event) => {
  if (event.persisted) glance();
});
