// Opens a shop and a browser for a test, and closes both.
//
//   SOUK_URL       a shop that is open already; without it SOUK_BIN is started over an empty folder
//   SOUK_CHROMIUM  the browser (or CHROMIUM; /usr/bin/chromium by default)
//   SOUK_SHOTS     a folder for screenshots; without it none are taken
import { chromium } from 'playwright-core';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const PATIENCE_MS = 60_000;

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

/** The two sizes of screen that everything is tried on. */
export const SCREENS = [
  { name: 'phone', width: 390, height: 844 },
  { name: 'desktop', width: 1440, height: 900 },
];

/**
 * The shop: its address, and how to close it. `carrier`: how many times faster than a real one its carrier is; 0
 * moves parcels by hand only. `owner`: who owns the shop from the start,
 * `{ email, password }`.
 */
export async function openShop({ carrier = 0, owner } = {}) {
  if (process.env.SOUK_URL) {
    return { url: process.env.SOUK_URL.replace(/\/$/, ''), close: async () => {} };
  }
  const binary = process.env.SOUK_BIN;
  if (!binary) throw new Error('set SOUK_URL to an open shop, or SOUK_BIN to one to open');
  const data = await mkdtemp(join(tmpdir(), 'souk-browser-'));
  const [port, sandbox] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const start = async (speed) => {
    const shop = serve(binary, data, { port, sandbox, speed });
    try {
      await stocked(url);
    } catch (error) {
      await shop.stop();
      throw error;
    }
    return shop;
  };
  const remove = () => rm(data, { recursive: true, force: true });
  let shop;
  try {
    if (owner) await addOwner(binary, data, owner);
    shop = await start(carrier);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    url,
    close: async () => {
      await shop.stop();
      await remove();
    },
  };
}

/** Adds the first owner, as it is done at the machine while the shop is closed. */
function addOwner(binary, data, { email, password }) {
  const args = ['staff', 'add', email, '--role', 'owner', '--password-stdin'];
  const stdio = ['pipe', 'inherit', 'inherit'];
  const add = spawn(binary, args, { cwd: data, env: { ...process.env, SOUK_DATA: data }, stdio });
  add.stdin.end(`${password}\n`);
  return new Promise((resolve, reject) => {
    add.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`staff add ended with ${code}`))));
  });
}

/** A process of the shop over a folder, and how to stop it. */
function serve(binary, data, { port, sandbox, speed }) {
  const env = {
    ...process.env,
    SOUK_LISTEN: `127.0.0.1:${port}`,
    SOUK_SANDBOX_LISTEN: `127.0.0.1:${sandbox}`,
    SOUK_DATA: data,
    // The first shelf alone: what a test looks for is where it was.
    SOUK_DEMO: 'shelf',
    SOUK_CARRIER_SPEED: String(speed),
  };
  const shop = spawn(binary, [], { cwd: data, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = new Promise((resolve) => shop.once('exit', resolve));
  const stop = async () => {
    shop.kill('SIGTERM');
    await ended;
  };
  return { stop };
}

/** Waits until the shop answers and its first products can be found. */
async function stocked(url) {
  const until = Date.now() + PATIENCE_MS;
  let last = 'no answer yet';
  while (Date.now() < until) {
    try {
      const answer = await fetch(`${url}/search?stock=1`);
      const page = await answer.text();
      if (answer.ok && page.includes('href="/p/')) return;
      last = `status ${answer.status}, no product in stock`;
    } catch (error) {
      last = String(error.cause ?? error);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`the shop at ${url} is not ready: ${last}`);
}

/** The browser. */
export function openBrowser() {
  const executablePath =
    process.env.SOUK_CHROMIUM || process.env.CHROMIUM || '/usr/bin/chromium';
  const onPath = executablePath.includes('/') ? executablePath : `/usr/bin/${executablePath}`;
  return chromium.launch({ executablePath: onPath, args: FLAGS });
}

/** A visitor with a screen of that size; a complaint of the browser's console fails the test. */
export async function visit(browser, { width, height, dark = false, scripts = false }) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    javaScriptEnabled: scripts,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints = [];
  page.on('console', (message) => {
    // A form that is shown again is 422 on purpose; whatever else the browser complains of is not.
    if (message.type() === 'error' && !message.text().includes('status of 422')) {
      complaints.push(message.text());
    }
  });
  return { context, page, complaints };
}

/** Lets a visitor do something; what fails is in a screenshot, a complaint of the console fails it. */
export async function visiting(browser, screen, tell) {
  const visitor = await visit(browser, screen);
  try {
    await tell(visitor.page);
  } catch (error) {
    const { pathname } = new URL(visitor.page.url(), 'http://nowhere');
    error.message = `${error.message}\non the page ${pathname}`;
    await shot(visitor.page, `failed-${screen.name}-${pathname.replaceAll('/', '-')}`);
    throw error;
  } finally {
    await visitor.context.close();
  }
  if (visitor.complaints.length > 0) throw new Error(`the console: ${visitor.complaints.join('; ')}`);
}

/** A screenshot of the whole page, if a folder for them is set. */
export async function shot(page, name) {
  const folder = process.env.SOUK_SHOTS;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** Nothing may be wider than the screen. */
export async function fits(page, width) {
  const box = await page.locator('html').evaluate((html) => html.scrollWidth);
  if (box > width) throw new Error(`${page.url()} is ${box} px wide on a screen of ${width}`);
}
