// Of an account's pages, or of a row of shelves, the one that is open stands where it is seen.
for (const here of all('.account-nav [aria-current], .children [aria-current]')) {
  const strip = here.closest('nav');
  strip.scrollLeft = here.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
}
// A menu that folds out also folds in: by Escape, and by a press beside it.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of all('details.menu[open]')) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});
document.addEventListener('click', (event) => {
  for (const menu of all('details.menu[open]')) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
