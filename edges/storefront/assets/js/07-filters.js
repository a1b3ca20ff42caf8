// Filters that answer at once: the list is fetched as the form would ask for it, and put in place.
(() => {
  const form = () => document.getElementById('filters');
  if (!form()) return;
  const PARTS = ['list-head', 'list-chips', 'filters', 'results'];
  let asking;

  /** The address that the form asks for, without empty fields. */
  function address() {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form())) if (value) fields.append(name, value);
    const query = fields.toString();
    return form().getAttribute('action') + (query ? `?${query}` : '');
  }

  /** Puts the parts of another list in place of this one's, and keeps focus and folds. */
  function place(page) {
    const focus = document.activeElement;
    const [name, value] = [focus?.name, focus?.value];
    const open = form().classList.contains('open');
    const folds = new Map(all('details[data-facet]', form()).map((one) => [one.dataset.facet, one.open]));
    const scrolled = form().scrollTop;
    for (const id of PARTS) {
      const [now, next] = [document.getElementById(id), page.getElementById(id)];
      if (now && next) now.replaceWith(next);
    }
    document.title = page.title;
    form().classList.toggle('open', open);
    for (const fold of all('details[data-facet]', form())) {
      if (folds.has(fold.dataset.facet)) fold.open = folds.get(fold.dataset.facet);
    }
    form().scrollTop = scrolled;
    prepare();
    writePrices(document.getElementById('main'));
    if (name) {
      const same = [...form().elements].filter((field) => field.name === name);
      (same.find((field) => field.value === value) ?? same[0])?.focus({ preventScroll: true });
    }
  }

  async function ask(to, push) {
    asking?.abort();
    asking = new AbortController();
    const results = document.getElementById('results');
    results.setAttribute('aria-busy', 'true');
    const slow = setTimeout(() => results.classList.add('slow'), 200);
    try {
      const page = await pageAt(to, asking.signal);
      if (!page?.getElementById('results')) return location.assign(to);
      if (push) history.pushState(null, '', to);
      place(page);
      document.getElementById('list-said').textContent = document.getElementById('list-total').textContent;
    } catch (error) {
      if (error.name !== 'AbortError') location.assign(to);
    } finally {
      clearTimeout(slow);
      results.removeAttribute('aria-busy');
      results.classList.remove('slow');
    }
  }

  /** What only makes sense with a script: the search in long lists of values, the sheet's manners. */
  function prepare() {
    for (const search of all('.find-value', form())) search.hidden = false;
  }

  function sheet(open) {
    form().classList.toggle('open', open);
    document.documentElement.classList.toggle('still', open);
    for (const other of all('.top, .bottom, #results, #list-head, .list-bar, .crumbs')) other.inert = open;
    if (open) form().querySelector('.sheet-head a')?.focus();
    else document.getElementById('open-filters')?.focus();
  }

  document.addEventListener('change', (event) => {
    if (event.target.form !== form() || event.target.classList.contains('find-value')) return;
    ask(address(), true);
  });
  document.addEventListener('input', (event) => {
    if (!event.target.classList?.contains('find-value')) return;
    const wanted = event.target.value.trim().toLowerCase();
    for (const value of all('label', event.target.parentElement)) {
      value.hidden = !value.textContent.toLowerCase().includes(wanted);
    }
  });
  document.addEventListener('submit', (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    const wasOpen = form().classList.contains('open');
    if (wasOpen) sheet(false);
    if (!wasOpen) ask(address(), true);
    document.getElementById('list-head').scrollIntoView();
  });
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[href="#filters"], a[href="#results"]');
    if (!link) return;
    event.preventDefault();
    sheet(link.getAttribute('href') === '#filters');
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && form().classList.contains('open')) sheet(false);
  });
  addEventListener('popstate', () => {
    if (!location.hash) ask(location.href, false);
  });
  prepare();
})();
