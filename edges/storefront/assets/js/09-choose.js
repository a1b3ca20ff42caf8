// Choosing a colour or a size changes picture, price, stock and address, without leaving the page.
(() => {
  if (!document.querySelector('.product')) return;

  async function choose(to, push) {
    const product = document.querySelector('.product');
    const focused = document.activeElement?.dataset?.choice;
    product.setAttribute('aria-busy', 'true');
    try {
      const page = await pageAt(to);
      const next = page?.querySelector('.product');
      if (!next) return location.assign(to);
      if (push) history.pushState(null, '', to);
      product.replaceWith(next);
      document.title = page.title;
      writePrices(next);
      if (focused) all('[data-choice]', next).find((link) => link.dataset.choice === focused)?.focus();
      const said = document.getElementById('chosen');
      if (said) said.textContent = next.querySelector('.about').dataset.said ?? '';
    } catch {
      location.assign(to);
    }
  }

  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[data-choice]');
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    choose(link.href, true);
  });
  addEventListener('popstate', () => {
    if (!location.hash) choose(location.href, false);
  });
})();
