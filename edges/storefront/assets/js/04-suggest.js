// Suggestions below the search field: a combobox with a list, driven by keys or by pointer.
(() => {
  const field = document.getElementById('q');
  if (!field) return;
  const list = document.createElement('div');
  Object.assign(list, { id: 'suggestions', className: 'suggest', hidden: true });
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Suggestions');
  field.form.append(list);
  for (const [name, value] of [
    ['role', 'combobox'],
    ['aria-autocomplete', 'list'],
    ['aria-controls', list.id],
    ['aria-expanded', 'false'],
  ]) {
    field.setAttribute(name, value);
  }

  const typed = { text: field.value, at: -1 };
  let asking;
  let timer;

  const options = () => all('[role="option"]', list);
  function show(open) {
    list.hidden = !open;
    field.setAttribute('aria-expanded', String(open));
    if (!open) mark(-1);
  }
  function mark(at) {
    const found = options();
    typed.at = at;
    found.forEach((option, place) => option.setAttribute('aria-selected', String(place === at)));
    if (found[at]) {
      field.setAttribute('aria-activedescendant', found[at].id);
      found[at].scrollIntoView({ block: 'nearest' });
    } else {
      field.removeAttribute('aria-activedescendant');
    }
    field.value = found[at]?.dataset.text ?? typed.text;
  }
  async function ask() {
    asking?.abort();
    const text = field.value.trim();
    if (!text) return show(false);
    asking = new AbortController();
    try {
      const page = await pageAt(`/search/suggest?q=${encodeURIComponent(text)}`, asking.signal);
      if (!page || document.activeElement !== field) return;
      list.replaceChildren(...page.body.childNodes);
      writePrices(list);
      show(options().length > 0);
    } catch (error) {
      if (error.name !== 'AbortError') show(false);
    }
  }

  field.addEventListener('input', () => {
    typed.text = field.value;
    clearTimeout(timer);
    timer = setTimeout(ask, 90);
  });
  field.addEventListener('keydown', (event) => {
    const found = options();
    if (event.key === 'Escape' && !list.hidden) {
      field.value = typed.text;
      show(false);
      event.preventDefault();
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && found.length) {
      event.preventDefault();
      if (list.hidden) return show(true);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      // One place more than options: the text as it was typed.
      const places = found.length + 1;
      mark(((typed.at + 1 + step + places) % places) - 1);
    } else if (event.key === 'Enter' && typed.at >= 0 && !list.hidden) {
      event.preventDefault();
      found[typed.at].click();
    }
  });
  field.addEventListener('blur', () => setTimeout(() => show(false), 150));
  field.addEventListener('focus', () => {
    if (field.value.trim() && field.value !== field.defaultValue) ask();
  });
  // The field keeps the focus while an option is pressed.
  list.addEventListener('pointerdown', (event) => event.preventDefault());
})();
