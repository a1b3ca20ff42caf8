// What pages do better with a script: `/` goes to the search, chosen filters are applied at once, relative
// times stay true, and a page that shows live figures looks again while it is looked at.
(() => {
  "use strict";
  const typing = (at) => at instanceof HTMLElement && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !typing(document.activeElement)) {
      const field = document.querySelector("main input[type=search]") || document.querySelector("input[type=search]");
      if (field) { event.preventDefault(); field.focus(); field.select(); }
    } else if (event.key === "Escape" && typing(document.activeElement)) {
      document.activeElement.blur();
    }
  });
  for (const form of document.querySelectorAll("form[data-filter]")) {
    form.addEventListener("change", (event) => { if (event.target instanceof HTMLSelectElement) form.requestSubmit(); });
  }
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  for (const form of document.querySelectorAll("form[data-sure]")) {
    form.addEventListener("submit", (event) => { if (!window.confirm(form.dataset.sure)) event.preventDefault(); });
  }
  const ago = (seconds) => {
    if (seconds < 5) return "just now";
    if (seconds < 60) return `${Math.floor(seconds)} s ago`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
    if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
    return "";
  };
  const tick = () => {
    for (const time of document.querySelectorAll("time[data-ago]")) {
      const says = ago((Date.now() - Date.parse(time.dateTime)) / 1000);
      if (says) time.textContent = says;
    }
  };
  setInterval(tick, 15000);
  const live = document.querySelector("[data-live]");
  if (live) {
    setInterval(async () => {
      if (document.hidden || live.contains(document.activeElement)) return;
      const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
      if (!answer || !answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
      if (!fresh) return;
      // What somebody folded out stays so.
      const folds = () => [...live.querySelectorAll("details")];
      const open = folds().map((fold) => fold.open);
      live.replaceChildren(...fresh.childNodes);
      folds().forEach((fold, at) => { fold.open = open[at] ?? false; });
    }, Number(live.dataset.live) * 1000);
  }
})();
