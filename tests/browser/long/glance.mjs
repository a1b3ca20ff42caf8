// Looks at every page of every door: axe finds nothing on a phone and on a desktop screen, in light and in dark;
// nothing is wider than the screen; the browser's console is quiet; no link leads nowhere. The pages are the routes
// of the doors' own code: a crawl from a few addresses, as a stranger, a shopper, a seller and an owner, reaches
// them, and a route that nobody reached fails the test.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { faultsOf } from '../help/axe.mjs';
import { ORDER, apply, approve, buy, list, product, register, toReview, until } from '../help/deeds.mjs';
import { pagesOf, pagesOfGateway, templateOf } from '../help/routes.mjs';
import { SCREENS, openBrowser, openShop, visit } from '../help/shop.mjs';

// What answers GET and is no page that somebody looks at, and why.
const NO_PAGE = [
  [/\/assets\/|^\/media\/|^\/favicon\.ico$/, 'a file of a page'],
  [/^\/(robots\.txt|sitemap)/, 'for search engines'],
  [/^\/glance$|^\/search\/suggest$|^\/rows\/mine$/, 'a part that scripts put into a page'],
  [/^\/checkout\/\{id\}\/return$|^\/orders\/return\/\{order\}$|^\/admin\/find$/, 'a way through to another page'],
  [/\/export$|\.(csv|eml)$/, 'a file to keep'],
  [/^\/sheet\.css$|^\/healthz$/, 'a file, and a sign of life'],
];
const LETTER = 'about:blank';
const OWNER = { email: 'owner@example.com', password: 'correct horse battery' };
const SHOPPER = 'glance@example.com';
const KILN = { name: 'Kiln and Daughters', email: 'kiln@example.com' };
const VASE = { title: 'Bottle vase, ash glaze', price: '24.50', stock: 20 };

const templates = ['storefront', 'admin', 'seller'].flatMap(pagesOf);
const isPage = (template) => !NO_PAGE.some(([none]) => none.test(template));
const seen = new Set();
let shop;
let browser;
let stranger;
let shopper;
let seller;
let owner;

before(async () => {
  // An hour of a carrier takes milliseconds.
  shop = await openShop({ carrier: 200_000, owner: OWNER });
  browser = await openBrowser();
  [stranger, shopper, seller, owner] = await Promise.all(
    Array.from({ length: 4 }, () => visit(browser, { ...SCREENS[0], scripts: true })),
  );
});

after(async () => {
  await browser?.close();
  await shop?.close();
});

test('the pages that a stranger sees', async () => {
  const faults = await crawl(stranger, [
    '/', '/search?q=kettle', '/search?q=qqqqzzzz', '/cart', '/checkout', '/orders', '/account', '/wishlist', '/recent',
    '/account/sign-in', '/account/register', '/account/forgot', '/account/reset?token=gone', '/account/verify?token=gone',
    '/account/deleted', '/mailbox', '/admin/sign-in', '/seller/sign-in', '/seller/apply', '/nowhere',
  ]);
  assert.deepEqual(faults, []);
});

test('the pages of the gateway', async () => {
  const { page } = stranger;
  const look = async (sign) => {
    await page.waitForURL(sign);
    seen.add(templateOf(new URL(page.url()).pathname, pagesOfGateway()));
    return faultsOf(page);
  };
  const way = async (name) => {
    await product(page, shop.url, 1);
    await toReview(page, 'ways@example.com');
    await page.getByText(name, { exact: true }).first().click();
    await page.locator('form.pay button').click();
  };
  const faults = [];
  await way('Card');
  faults.push(...(await look(/\/sheet/)));
  await page.getByRole('button', { name: /^Pay / }).click();
  await page.getByRole('button', { name: /3-D Secure|3DS/i }).first().click();
  faults.push(...(await look(/\/3ds\//)));
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.waitForURL(ORDER);
  await way('Wallet');
  faults.push(...(await look(/\/wallet\//)));
  await way('Bank transfer');
  await page.waitForURL(ORDER);
  const order = pathOf(page);
  faults.push(...(await crawl(stranger, [order, `${order}/cancel`])));
  await page.goto(`${shop.url}${order}`);
  await page.getByRole('link', { name: 'Open my bank' }).click();
  faults.push(...(await look(/\/bank\//)));
  // As its mail opens it: for whoever has the link, and was never here.
  const letter = page.locator('.rows a', { hasText: 'ways@example.com' }).first();
  await until(page, `${shop.url}/mailbox`, letter);
  const mail = await page.request.get(`${shop.url}${await letter.getAttribute('href')}/letter`);
  const [link] = (await mail.text()).match(/\/orders\/[0-9A-Z-]{19}\/link\/[0-9A-Za-z_-]+/);
  faults.push(...(await crawl(owner, [link])));
  assert.deepEqual(faults, []);
});

test('the pages of a seller', async () => {
  await signInOwner(owner.page);
  await apply(seller.page, shop.url, KILN);
  const faults = await crawl(seller, ['/seller']);
  await approve(owner.page, shop.url, KILN.name);
  const vase = await list(seller.page, shop.url, VASE);
  await until(seller.page, `${shop.url}/seller/products/${vase}`, seller.page.getByText('Buyable', { exact: true }));

  await register(shopper.page, shop.url, SHOPPER);
  await shopper.page.goto(`${shop.url}/p/${vase}`);
  const order = await buy(shopper.page, SHOPPER, 2);
  await shopper.page.goto(`${shop.url}/p/${vase}`);
  await shopper.page.getByRole('button', { name: 'Tell me when it gets cheaper' }).click();
  const orders = seller.page.getByRole('link', { name: order.split('/').pop() });
  await until(seller.page, `${shop.url}/seller/orders`, orders);
  const starts = ['/seller', '/seller/orders', '/seller/products', `/seller/products/${vase}`, '/seller/nowhere'];
  faults.push(...(await crawl(seller, starts)));
  await seller.page.goto(`${shop.url}/seller/products/${vase}`);
  await seller.page.getByLabel('Price').first().fill('19.50');
  await seller.page.getByRole('button', { name: 'Save' }).click();
  await seller.page.getByRole('status').first().waitFor();
  assert.deepEqual(faults, []);
});

test('the pages of a shopper', async () => {
  const { page } = shopper;
  const path = await product(page, shop.url, 2);
  const order = await deliveredOrder(page);
  await page.getByRole('link', { name: 'Send something back' }).click();
  const back = pathOf(page);
  await page.goto(`${shop.url}/account/addresses/new`);
  await page.getByLabel('What you call it').fill('Home');
  await page.getByLabel('Full name').fill('Ada Lovelace');
  await page.getByLabel('Street and number').fill('Unter den Linden 1');
  await page.getByLabel('Postal code').fill('10117');
  await page.getByLabel('Town').fill('Berlin');
  await page.getByRole('button', { name: 'Save address' }).click();
  await page.goto(`${shop.url}${path}`);
  const review = await toReview(page, SHOPPER);
  const cheaper = page.locator('.rows a', { hasText: SHOPPER }).filter({ hasText: VASE.title });
  await until(page, `${shop.url}/mailbox`, cheaper);
  // That one can be unsubscribed; the others are of an order.
  const letters = [await cheaper.first().getAttribute('href')];
  letters.push(await page.locator('.rows a', { hasText: SHOPPER }).last().getAttribute('href'));
  await page.goto(`${shop.url}${path}`);
  await page.getByRole('button', { name: 'Add to wishlist' }).first().click();
  await page.goto(`${shop.url}${path}`);
  await page.getByRole('button', { name: 'Add to cart' }).first().click();
  await until(page, `${shop.url}/cart`, page.getByRole('link', { name: 'Check out' }));
  shopper.complaints.length = 0;
  const faults = await crawl(shopper, [
    '/', path, review, order, back, `${order}/invoice`, `${path}/review`, `${path}/reviews`, '/cart', '/checkout', '/wishlist', '/orders',
    '/account', '/account/payment-methods', '/mailbox', ...letters, ...letters.map((letter) => `${letter}/letter`),
  ]);
  await page.goto(`${shop.url}${back}`);
  await page.locator('select[name^="q-"]').first().selectOption('1');
  await page.getByRole('button', { name: 'Get the label' }).click();
  await page.waitForURL((to) => to.pathname === order);
  faults.push(...(await crawl(shopper, [order])));
  assert.deepEqual(faults, []);
});

test('the pages of the staff', async () => {
  const { page } = owner;
  await until(page, `${shop.url}/admin/returns`, page.locator('a.row-link'));
  await until(page, `${shop.url}/admin/mails`, page.locator('a[href^="/admin/mails/"]'));
  await page.goto(`${shop.url}/admin/race`);
  await page.getByRole('button', { name: 'Start the race' }).click();
  await page.getByText('Bought it', { exact: true }).waitFor();
  const faults = await crawl(owner, [
    '/admin', '/admin/orders', '/admin/parcels?whose=all', '/admin/mails', '/admin/race', '/admin/returns', '/admin/sellers', '/admin/team',
    '/admin/customers', '/admin/security', '/admin/nowhere',
  ]);
  // The second factor is asked for once there is one.
  await page.goto(`${shop.url}/admin/security`);
  const secret = (await page.locator('code').last().innerText()).trim();
  await page.getByLabel('Type the six digits that it shows').fill(codeOf(secret));
  await page.getByRole('button', { name: 'Set up' }).click();
  await page.getByRole('heading', { name: 'Recovery codes' }).waitFor();
  faults.push(...(await faultsOf(page)));
  await page.getByRole('button', { name: 'Sign out' }).first().click();
  await signInOwner(page, '/admin/second-factor');
  faults.push(...(await crawl(owner, ['/admin/second-factor'])));
  assert.deepEqual(faults, []);
});

test('no page was left out', () => {
  const missed = [...templates, ...pagesOfGateway()].filter(isPage).filter((template) => !seen.has(template));
  assert.deepEqual(missed, [], 'give the crawl a way to them, or name them in NO_PAGE with a reason');
});

const pathOf = (page) => new URL(page.url()).pathname;

/** Buys of the first shelf until a parcel arrives (one in thirty or so does not); answers with the order's path. */
async function deliveredOrder(page) {
  const arrived = page.getByRole('link', { name: 'Send something back' });
  const lost = page.locator('.parcel .badge', { hasText: /not delivered/i });
  for (;;) {
    await product(page, shop.url, 0);
    const order = await buy(page, SHOPPER, 2);
    await until(page, `${shop.url}${order}`, arrived.or(lost));
    if (await arrived.count()) return order;
  }
}

async function signInOwner(page, to = '/admin') {
  await page.goto(`${shop.url}/admin/sign-in`);
  await page.getByLabel('Email').fill(OWNER.email);
  await page.getByLabel('Password').fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((at) => at.pathname === to);
}

/** What an authenticator app shows now for a secret in base 32. */
function codeOf(secret) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replace(/[^A-Z2-7]/g, '')].map((c) => letters.indexOf(c).toString(2).padStart(5, '0'));
  const bytes = bits.join('').match(/.{8}/g).map((byte) => Number.parseInt(byte, 2));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', Buffer.from(bytes)).update(step).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Looks at some pages, and at one of each template that they lead to and that nobody has seen. */
async function crawl(visitor, starts) {
  const { page } = visitor;
  visitor.complaints.length = 0;
  const known = new Set(starts);
  // Also what leads elsewhere, to a sign-in.
  const tried = new Set();
  const waiting = starts.map((path) => ({ path, start: true }));
  const faults = [];
  while (waiting.length > 0) {
    const { path, start, from } = waiting.shift();
    const template = templateOf(path.split('?')[0], templates);
    if (!template && !/\/nowhere$|^\/api\/|^\/(healthz|readyz|metrics)$/.test(path)) {
      faults.push(`${from}: a link to ${path}, which is nowhere`);
    }
    if (!start && (!template || seen.has(template) || tried.has(template) || !isPage(template))) continue;
    tried.add(template);
    faults.push(...(await look(visitor, path)));
    // Where it led to is what was looked at.
    const landed = page.url() === LETTER ? template : templateOf(pathOf(page), templates);
    if (landed) seen.add(landed);
    for (const link of await links(page)) {
      if (known.has(link)) continue;
      known.add(link);
      waiting.push({ path: link, start: false, from: path });
    }
  }
  return faults;
}

/** Paths of this shop that the page links to and that are no files. */
async function links(page) {
  const all = await page.locator('a[href]:not([download])').evaluateAll((found) => found.map((a) => a.href));
  const own = all.filter((href) => href.startsWith(`${shop.url}/`) && !/format=csv/.test(href));
  return [...new Set(own.map((href) => href.slice(shop.url.length).split('#')[0]))];
}

/** What is wrong with a page, in words. */
async function look({ page, complaints }, path) {
  await page.setViewportSize(SCREENS[0]);
  if (path.endsWith('/letter')) return lookAtLetter(page, path);
  const answer = await page.goto(`${shop.url}${path}`);
  const faults = [];
  // Pages that say "not here" and "no longer" are asked for on purpose.
  const asked = /\/nowhere$|token=gone/.test(path);
  if (answer.status() >= 400 && !asked) faults.push(`${path}: answers ${answer.status()}`);
  faults.push(...(await faultsOf(page)));
  const unexpected = complaints.filter((text) => !(asked && /status of 4\d\d/.test(text)));
  faults.push(...unexpected.map((text) => `${path}: console: ${text}`));
  complaints.length = 0;
  return faults;
}

/** A mail: no script runs where the shop shows it, axe's neither, so it is looked at as a mail program shows it. */
async function lookAtLetter(page, path) {
  const answer = await page.request.get(`${shop.url}${path}`);
  await page.goto(LETTER);
  await page.setContent(await answer.text());
  // The program that it is read in has the landmarks and the heading.
  const faults = await faultsOf(page, ['region', 'landmark-one-main', 'page-has-heading-one']);
  return faults.map((fault) => `${path}: ${fault}`);
}
