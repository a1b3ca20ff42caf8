// Lighthouse over the most visited pages: the median of three, as a table; it fails where one is below its mark.
//
//   SOUK_BIN       the shop to start; only one that is built for release says something about performance
//   SOUK_CHROMIUM  the browser
//   node lighthouse.mjs [--runs N] [--desktop]
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as launcher from 'chrome-launcher';
import lighthouse, { desktopConfig } from 'lighthouse';

const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
// What a page must reach; pages of one shopper alone, and lists of results, are not for search engines.
const ALWAYS = { accessibility: 100, 'best-practices': 100 };
const WANTED = {
  home: { ...ALWAYS, performance: 95, seo: 100 },
  category: { ...ALWAYS, performance: 95, seo: 100 },
  product: { ...ALWAYS, performance: 95, seo: 100 },
  search: ALWAYS,
  cart: { ...ALWAYS, performance: 95 },
  checkout: { ...ALWAYS, performance: 95 },
};
const PRIVATE = ['cart', 'checkout'];

const option = (name) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const RUNS = Number(option('--runs') ?? 3);
const DESKTOP = process.argv.includes('--desktop');

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function openShop() {
  const data = await mkdtemp(join(tmpdir(), 'souk-lighthouse-'));
  const [port, sandbox] = [await freePort(), await freePort()];
  const env = {
    ...process.env,
    SOUK_LISTEN: `127.0.0.1:${port}`,
    SOUK_SANDBOX_LISTEN: `127.0.0.1:${sandbox}`,
    SOUK_DATA: data,
    SOUK_CARRIER_SPEED: '0',
  };
  const shop = spawn(process.env.SOUK_BIN, [], { cwd: data, env, stdio: 'ignore' });
  const ended = new Promise((resolve) => shop.once('exit', resolve));
  const close = async () => {
    shop.kill('SIGTERM');
    await ended;
    await rm(data, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 300; tries += 1) {
    const answer = await fetch(`${url}/search?stock=1`).catch(() => undefined);
    if (answer?.ok && (await answer.text()).includes('href="/p/')) return { url, close };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await close();
  throw new Error('the shop does not open');
}

/** The pages, and the cookie of a guest with something in the cart. */
async function pages(url) {
  const home = await (await fetch(`${url}/`)).text();
  const list = await (await fetch(`${url}/search?stock=1`)).text();
  const category = home.match(/href="(\/c\/[^"]+)"/)[1];
  const product = list.match(/href="(\/p\/[^"]+)"/)[1];
  const page = await (await fetch(`${url}${product}`)).text();
  const offer = page.match(/name="offer_id"[^>]*value="([^"]+)"/)[1];
  const added = await fetch(`${url}/cart/add`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin', origin: url },
    body: new URLSearchParams({ offer_id: offer, quantity: '1' }),
  });
  const cookie = added.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
  return { cookie, paths: { home: '/', category, product, search: '/search?q=tea', cart: '/cart', checkout: '/checkout' } };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const shop = await openShop();
const chrome = await launcher.launch({
  chromePath: process.env.SOUK_CHROMIUM || '/usr/bin/chromium',
  chromeFlags: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic'],
});
let short = 0;
try {
  const { cookie, paths } = await pages(shop.url);
  console.log(`${DESKTOP ? 'desktop' : 'phone'}, median of ${RUNS}`);
  console.log(['page'.padEnd(10), ...CATEGORIES.map((name) => name.padStart(15))].join(''));
  for (const [name, path] of Object.entries(paths)) {
    const scores = Object.fromEntries(CATEGORIES.map((category) => [category, []]));
    const faults = new Set();
    for (let run = 0; run < RUNS; run += 1) {
      const options = {
        port: chrome.port,
        logLevel: 'error',
        onlyCategories: CATEGORIES,
        extraHeaders: PRIVATE.includes(name) ? { Cookie: cookie } : undefined,
      };
      const { lhr } = await lighthouse(`${shop.url}${path}`, options, DESKTOP ? desktopConfig : undefined);
      if (new URL(lhr.finalDisplayedUrl).pathname !== path.split('?')[0]) faults.add(`led to ${lhr.finalDisplayedUrl}`);
      for (const category of CATEGORIES) {
        scores[category].push(Math.round((lhr.categories[category].score ?? 0) * 100));
        for (const { id, weight } of lhr.categories[category].auditRefs) {
          const { score, scoreDisplayMode, title } = lhr.audits[id];
          const binary = scoreDisplayMode === 'binary' && score !== null && score < 1;
          if (weight > 0 && binary) faults.add(`${category}: ${title}`);
        }
      }
    }
    const row = CATEGORIES.map((category) => median(scores[category]));
    console.log([name.padEnd(10), ...row.map((score) => String(score).padStart(15))].join(''));
    CATEGORIES.forEach((category, at) => {
      if (row[at] < (WANTED[name][category] ?? 0)) short += 1;
    });
    const told = [...faults].filter((fault) => WANTED[name].seo || !fault.startsWith('seo'));
    for (const fault of told) console.log(`           ${fault}`);
  }
} finally {
  await chrome.kill();
  await shop.close();
}
if (short > 0) {
  console.log(`${short} below the mark: performance 95, the others 100`);
  process.exitCode = 1;
}
