// What is wrong with a page that is open, in words: what axe says of it, and whether it is wider than a screen.
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
// The narrowest screen that anything must fit.
const NARROW = { name: 'narrow screen', width: 320, height: 568 };
const [PHONE, DESKTOP] = SCREENS;

/** Every way to look at a page: on a phone and on a desktop screen, in light and in dark. */
export const THOROUGH = [PHONE, DESKTOP].flatMap((screen) => [
  { screen, colours: 'light', rules: EVERYTHING },
  { screen, colours: 'dark', rules: COLOURS },
]);

/** One look, on a phone in light: what costs least and finds most. */
export const QUICK = THOROUGH.slice(0, 1);

/** `except`: rules that a page is not held to. How wide it is, is asked at every width in any case. */
export async function faultsOf(page, { looks = THOROUGH, except = [] } = {}) {
  const faults = [];
  const { pathname, search } = new URL(page.url());
  const told = `${pathname}${search}`;
  for (const { name, width, height } of [NARROW, DESKTOP, PHONE]) {
    await page.setViewportSize({ width, height });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) faults.push(`${told}: ${wide} px wide on a ${name}`);
  }
  await page.evaluate(AXE);
  for (const { screen, colours, rules } of looks) {
    await page.setViewportSize(screen);
    await page.emulateMedia({ colorScheme: colours, reducedMotion: 'reduce' });
    const found = await page.evaluate(
      // A mail within a page is a page of its own, looked at by itself; axe would wait for it to answer.
      (asked) => globalThis.axe.run({ runOnly: asked, resultTypes: ['violations'], iframes: false }),
      rules,
    );
    for (const { id, nodes } of found.violations.filter((fault) => !except.includes(fault.id))) {
      const where = nodes.slice(0, 3).map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ''}`);
      faults.push(`${told} (${screen.name}, ${colours}): ${id}: ${where.join(' | ')}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  return faults;
}
