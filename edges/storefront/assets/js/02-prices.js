// How prices are written. The shop charges what it says, in its currency; this changes commas and places only.
const STYLES = {
  comma: (sign, whole, cents) => `${whole.replaceAll(',', '.')}${cents.replace('.', ',')} ${sign}`,
  space: (sign, whole, cents) =>
    `${whole.replaceAll(',', '\u202f')}${cents.replace('.', ',')} ${sign}`,
  code: (sign, whole, cents, code) => `${code} ${whole}${cents}`,
};
const WRITTEN = /([€$£¥])(\d{1,3}(?:,\d{3})*)(\.\d{2})?/g;
const CODES = { '€': 'EUR', $: 'USD', '£': 'GBP', '¥': 'JPY' };

/** Rewrites the prices of a part of the page in the style that this browser keeps. */
function writePrices(within = document.body) {
  const style = STYLES[kept.get('prices')];
  if (!style) return;
  const walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest('script, textarea, select, .prose, .review')) continue;
    const said = node.data.replace(WRITTEN, (_, sign, whole, cents = '') =>
      style(sign, whole, cents, CODES[sign]),
    );
    if (said !== node.data) node.data = said;
  }
}
writePrices();
