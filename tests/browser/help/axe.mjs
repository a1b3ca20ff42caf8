// What is wrong with a page that is open, in words: axe in light and dark on a phone and on a desktop screen, and
// nothing wider than the screen.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { SCREENS } from './shop.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const EVERYTHING = {
  type: 'tag',
  values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
};
// In the dark only the colours differ.
const COLOURS = { type: 'rule', values: ['color-contrast'] };

/** `except`: rules that a page is not held to. */
export async function faultsOf(page, except = []) {
  const faults = [];
  const { pathname, search } = new URL(page.url());
  await page.evaluate(AXE);
  for (const { name, width, height } of SCREENS) {
    await page.setViewportSize({ width, height });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) faults.push(`${pathname}${search}: ${wide} px wide on a ${name}`);
    for (const [colorScheme, runOnly] of [['light', EVERYTHING], ['dark', COLOURS]]) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const found = await page.evaluate(
        // A mail within a page is a page of its own, looked at by itself; axe would wait for it to answer.
        (asked) => globalThis.axe.run({ runOnly: asked, resultTypes: ['violations'], iframes: false }),
        runOnly,
      );
      for (const { id, nodes } of found.violations.filter((fault) => !except.includes(fault.id))) {
        const told = nodes.slice(0, 3).map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ''}`);
        faults.push(`${pathname}${search} (${name}, ${colorScheme}): ${id}: ${told.join(' | ')}`);
      }
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  return faults;
}
