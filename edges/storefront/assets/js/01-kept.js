// What this browser keeps for itself, and the few helpers that the rest shares.
const kept = {
  get(name) {
    try {
      return localStorage.getItem(`souk.${name}`) ?? '';
    } catch {
      return '';
    }
  },
  set(name, value) {
    try {
      if (value) localStorage.setItem(`souk.${name}`, value);
      else localStorage.removeItem(`souk.${name}`);
    } catch {
      // Then it holds for this page.
    }
  },
};

const all = (selector, within = document) => [...within.querySelectorAll(selector)];

/** Another page of this shop as a document; null when it can't be had. */
async function pageAt(address, signal) {
  const answer = await fetch(address, { signal, headers: { accept: 'text/html' } });
  if (!answer.ok) return null;
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
}
