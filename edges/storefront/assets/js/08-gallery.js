// The gallery: thumbnails follow the swipe, arrow keys turn it, a press shows the picture large.
(() => {
  let dialog;

  function turn(strip, to) {
    const pictures = strip.children;
    const place = Math.max(0, Math.min(pictures.length - 1, to));
    strip.scrollTo({ left: pictures[place].offsetLeft - strip.offsetLeft });
  }
  function shown(strip) {
    const middle = strip.scrollLeft + strip.clientWidth / 2;
    const places = [...strip.children].map((picture) =>
      Math.abs(picture.offsetLeft - strip.offsetLeft + picture.clientWidth / 2 - middle),
    );
    return places.indexOf(Math.min(...places));
  }
  function zoom(link) {
    dialog ??= document.body.appendChild(document.createElement('dialog'));
    dialog.className = 'zoom';
    dialog.setAttribute('aria-label', 'Picture, large');
    const stage = Object.assign(document.createElement('div'), { className: 'stage' });
    const small = link.querySelector('img');
    // What is here already is shown until the large one has come.
    const picture = Object.assign(new Image(), { src: small.currentSrc || small.src, alt: small.alt });
    const large = Object.assign(new Image(), { src: link.href });
    large.addEventListener('load', () => (picture.src = large.src));
    const close = Object.assign(document.createElement('button'), { className: 'icon-button', textContent: '×' });
    close.setAttribute('aria-label', 'Close');
    close.addEventListener('click', () => dialog.close());
    picture.addEventListener('click', () => stage.classList.toggle('near'));
    stage.append(picture);
    dialog.replaceChildren(stage, close);
    dialog.showModal();
  }

  document.addEventListener('click', (event) => {
    const thumb = event.target.closest?.('.thumbs a');
    const picture = event.target.closest?.('.strip a');
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (thumb) {
      event.preventDefault();
      const thumbs = [...thumb.closest('.thumbs').querySelectorAll('a')];
      turn(thumb.closest('.gallery').querySelector('.strip'), thumbs.indexOf(thumb));
    } else if (picture) {
      event.preventDefault();
      zoom(picture);
    }
  });
  document.addEventListener('keydown', (event) => {
    const strip = event.target.closest?.('.gallery')?.querySelector('.strip');
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!strip || !step) return;
    event.preventDefault();
    turn(strip, shown(strip) + step);
  });
  document.addEventListener(
    'scroll',
    (event) => {
      if (!event.target.classList?.contains('strip')) return;
      const at = shown(event.target);
      all('.thumbs a', event.target.closest('.gallery')).forEach((thumb, place) => {
        if (place === at) thumb.setAttribute('aria-current', 'true');
        else thumb.removeAttribute('aria-current');
      });
    },
    { capture: true, passive: true },
  );
})();
