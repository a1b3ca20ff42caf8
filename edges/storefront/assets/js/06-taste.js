// Theme, the way prices are written and the length of lists: chosen in the footer, kept in this browser.
(() => {
  const taste = document.getElementById('taste');
  if (!taste) return;
  taste.hidden = false;
  for (const select of all('select', taste)) {
    const value = kept.get(select.name);
    if ([...select.options].some((option) => option.value === value)) select.value = value;
    select.addEventListener('change', () => {
      kept.set(select.name, select.value);
      if (select.name === 'theme') {
        if (select.value) document.documentElement.dataset.theme = select.value;
        else delete document.documentElement.dataset.theme;
      } else if (select.name === 'per' && listAddress(location.href) !== location.href) {
        location.assign(listAddress(location.href));
      } else {
        location.reload();
      }
    });
  }

  /** The address of a list with the length that this browser keeps; other addresses as they are. */
  function listAddress(address) {
    const url = new URL(address, location.href);
    const lists = /^\/(search$|c\/|brands\/|sellers\/)/;
    if (url.origin !== location.origin || !lists.test(url.pathname)) return address;
    url.searchParams.delete('page');
    const per = kept.get('per');
    if (per) url.searchParams.set('per', per);
    else url.searchParams.delete('per');
    return url.href;
  }

  if (!kept.get('per')) return;
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[href]');
    if (link && !new URL(link.href, location.href).searchParams.has('per')) {
      link.href = listAddress(link.href);
    }
  });
  const find = document.querySelector('form.find');
  if (find) {
    const hidden = Object.assign(document.createElement('input'), {
      type: 'hidden',
      name: 'per',
      value: kept.get('per'),
    });
    find.append(hidden);
  }
})();
