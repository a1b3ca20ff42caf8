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
