// What shoppers, sellers and staff do on the way to the pages that a test is about. Every step is one that a
// person takes: a link followed, a field filled, a button pressed.

export const REVIEW = /\/checkout\/[0-9a-f-]{36}$/;
export const ORDER = /\/orders\/[0-9A-Z-]{19}$/;
const PASSWORD = 'correct horse battery';

const pathOf = (page) => new URL(page.url()).pathname;

/** Signs up; the visitor is signed in afterwards. */
export async function register(page, url, email, name = 'Ada Lovelace') {
  await page.goto(`${url}/account/register`);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL((to) => !to.pathname.endsWith('/register'));
}

/** Signs in to an account that was made by `register`. */
export async function signIn(page, url, email) {
  await page.goto(`${url}/account/sign-in`);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((to) => !to.pathname.endsWith('/sign-in'));
}

/** The delivery address on a checkout: the invoice's has the same fields. */
export const place = (page) => page.getByRole('group', { name: 'Where should it go?' });

/** Fills the checkout form that is shown; answers with the review's path. */
export async function address(page, email) {
  await page.getByLabel('Email').fill(email);
  await place(page).getByLabel('Full name').fill('Ada Lovelace');
  return restOfAddress(page);
}

/** The same where somebody stands there already. */
export async function restOfAddress(page) {
  await place(page).getByLabel('Street and number').fill('Unter den Linden 1');
  await place(page).getByLabel('Postal code').fill('10117');
  await place(page).getByLabel('Town').fill('Berlin');
  await place(page).getByLabel('Country').selectOption('DE');
  await page.getByRole('button', { name: 'Continue to payment' }).click();
  await page.waitForURL(REVIEW);
  return pathOf(page);
}

/** From a product's page to the review; answers with its path. */
export async function toReview(page, email, pieces = 1) {
  if (pieces > 1) await page.getByLabel('Quantity', { exact: true }).selectOption(String(pieces));
  await page.getByRole('button', { name: 'Buy now' }).click();
  return address(page, email);
}

/** Pays a review by card, through the gateway's sheet and a button of the sandbox. */
export async function pay(page, button = /approve/i) {
  await page.getByRole('button', { name: /^Pay / }).click();
  await page.waitForURL(/\/sheet/);
  await page.getByRole('button', { name: button }).first().click();
}

/** Buys what a page shows; answers with the order's path. */
export async function buy(page, email, pieces = 1) {
  await toReview(page, email, pieces);
  await pay(page);
  await page.waitForURL(ORDER);
  return pathOf(page);
}

/** Opens a product that is in stock, by its place in the list. */
export async function product(page, url, nth = 0) {
  await page.goto(`${url}/search?stock=1&sort=price`);
  await page.locator('.card a').nth(nth).click();
  await page.waitForURL(/\/p\//);
  return pathOf(page);
}

/** Enters the staff's door as the sandbox lets everybody. */
export async function staff(page, url) {
  await page.goto(`${url}/admin/sign-in`);
  await page.getByRole('button', { name: /demo operator/ }).click();
  await page.waitForURL(`${url}/admin`);
}

/** Applies to sell; what comes next is for the staff to say. */
export async function apply(page, url, { name, email }) {
  await page.goto(`${url}/seller/apply`);
  await page.getByLabel('Name that shoppers see').fill(name);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.waitForURL((to) => !to.pathname.endsWith('/apply'));
  if (!pathOf(page).endsWith('/sign-in')) return;
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((to) => !to.pathname.endsWith('/sign-in'));
}

/** Approves who applied; the visitor is staff. */
export async function approve(page, url, name) {
  await page.goto(`${url}/admin/sellers`);
  await page.getByRole('link', { name }).click();
  await page.getByRole('button', { name: /approve/i }).click();
  await page.getByRole('status').first().waitFor();
}

/** Lists a product of one choice; answers with its id. */
export async function list(page, url, { title, price, stock, category = 'Kitchen > Vases' }) {
  await page.goto(`${url}/seller/products`);
  await page.getByRole('link', { name: 'New product' }).click();
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Description').fill('Thrown by hand and glazed twice, so that it holds water.');
  await page.getByLabel('Category').fill(category);
  await page.getByLabel('Attributes').fill('Material: Stoneware');
  const choice = page.getByRole('group', { name: 'Choice 1', exact: true });
  await choice.getByLabel('Price').fill(price);
  await choice.getByLabel('Grams').fill('900');
  await choice.getByLabel('First stock').fill(String(stock));
  await choice.getByLabel('On sale').check();
  await page.getByRole('button', { name: 'Make the product' }).click();
  await page.getByRole('link', { name: 'See it in the shop' }).waitFor();
  return pathOf(page).split('/').pop();
}

/** Looks at a page again and again until something is on it, or until it is gone from it. */
export async function until(page, address, locator, { gone = false } = {}) {
  for (let tries = 0; tries < 150; tries += 1) {
    await page.goto(address);
    if ((await locator.count()) > 0 !== gone) return;
    await page.waitForTimeout(100);
  }
  throw new Error(`${address} ${gone ? 'goes on showing' : 'never shows'} ${locator}`);
}

/** The text of the newest mail to somebody with such a subject. */
export async function mail(page, url, to, subject) {
  const row = page.locator('.rows a', { hasText: to }).filter({ hasText: subject });
  await until(page, `${url}/mailbox`, row);
  await row.first().click();
  return page.frameLocator('iframe.letter').locator('body').innerText();
}
