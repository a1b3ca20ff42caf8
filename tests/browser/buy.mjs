// Buys as a guest without scripts, on a phone and on a desktop screen: finds a product, is declined
// once, pays, sees the confirmation, the order and its mail, and cancels.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fits, openBrowser, openShop, shot, visit } from './help/shop.mjs';

const SCREENS = [
  { name: 'phone', width: 390, height: 844 },
  { name: 'desktop', width: 1440, height: 900 },
];

let shop;
let browser;

before(async () => {
  shop = await openShop();
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await shop?.close();
});

for (const screen of SCREENS) {
  test(`a guest buys on a ${screen.name}`, async () => {
    const visitor = await visit(browser, screen);
    try {
      await buy(visitor, screen);
    } finally {
      await visitor.context.close();
    }
    assert.deepEqual(visitor.complaints, [], 'the console is quiet');
  });
}

async function buy({ page }, screen) {
  const see = async (what) => {
    await fits(page, screen.width);
    await shot(page, `${screen.name}-${what}`);
  };
  await page.goto(`${shop.url}/`);
  await see('1-home');
  await page.goto(`${shop.url}/search?stock=1&sort=price`);
  await see('2-results');
  if (screen.width < 1024) {
    await page.getByRole('link', { name: 'Filter and sort' }).click();
    await shot(page, `${screen.name}-2b-filters`);
    await page.getByRole('link', { name: 'Close' }).click();
  }
  const email = `${screen.name}@example.com`;
  const review = await toReview(page, see, email);

  // The first card is declined; nothing is lost.
  await paySheet(page, /decline/i, see);
  await page.waitForURL(new RegExp(`${review}\\?declined=`));
  await page.getByText('The payment did not go through').waitFor();
  await see('8-declined');

  await paySheet(page, /approve/i);
  await page.waitForURL(/\/orders\/[0-9A-Z-]{19}$/);
  await page.getByRole('heading', { name: 'Thank you, it is yours' }).waitFor();
  await see('9-order');
  const order = page.url();
  const number = order.split('/').pop();

  await seeMail(page, number, email, see);
  await page.goto(`${shop.url}/cart`);
  await page.getByText('Your cart is empty').waitFor();

  await page.goto(order);
  await page.getByRole('link', { name: 'Cancel order' }).click();
  await see('12-cancel');
  await page.getByRole('button', { name: 'Cancel the order' }).click();
  await page.waitForURL(order);
  await page.getByRole('heading', { name: 'This order is cancelled' }).waitFor();
  await see('13-cancelled');
}

/** From the list to the review; answers with its path. */
async function toReview(page, see, email) {
  await page.locator('.card a').first().click();
  await page.waitForURL(/\/p\//);
  const title = await page.getByRole('heading', { level: 1 }).innerText();
  await see('3-product');
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByText('Added to your cart').waitFor();
  await see('4-added');
  await page.getByRole('link', { name: 'View cart' }).click();
  await page.locator('.line-title', { hasText: title }).waitFor();
  await see('5-cart');
  await page.getByRole('link', { name: 'Check out' }).click();

  // A mistake first: what was typed stays, the fault stands beside its field.
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Full name').fill('Ada Lovelace');
  await page.getByRole('button', { name: 'Continue to review' }).click();
  await page.getByText('Enter the street and number.').waitFor();
  assert.equal(await page.getByLabel('Full name').inputValue(), 'Ada Lovelace');
  await see('6-checkout');
  await page.getByLabel('Street and number').fill('Unter den Linden 1');
  await page.getByLabel('Postal code').fill('10117');
  await page.getByLabel('Town').fill('Berlin');
  await page.getByLabel('Country').selectOption('DE');
  await page.getByText('Express').click();
  await page.getByRole('button', { name: 'Continue to review' }).click();
  await page.waitForURL(/\/checkout\/[0-9a-f-]{36}$/);
  await page.getByText(/1[45] minutes from now/).waitFor();
  await see('7-review');
  return new URL(page.url()).pathname;
}

/** To the gateway's sheet, and through it by a button of the sandbox. */
async function paySheet(page, button, see) {
  const pay = page.getByRole('button', { name: /^Pay / });
  const said = (await pay.innerText()).trim();
  await pay.click();
  await page.waitForURL(/\/sheet/);
  assert.notEqual(new URL(page.url()).host, new URL(shop.url).host, 'a host of its own');
  await page.getByRole('heading', { name: said }).waitFor();
  if (see) await see('7b-sheet');
  await page.getByRole('button', { name: button }).first().click();
}

/** The mail is written after the order: it may take a moment. */
async function seeMail(page, number, email, see) {
  let found = 0;
  for (let tries = 0; tries < 50 && found === 0; tries += 1) {
    await page.goto(`${shop.url}/mailbox`);
    found = await page.locator('.rows a', { hasText: email }).count();
    if (found === 0) await page.waitForTimeout(200);
  }
  assert.ok(found > 0, `no mail to ${email}`);
  await see('10-mailbox');
  const mails = page.locator('.rows a', { hasText: email });
  let confirmed = false;
  for (let at = 0; at < (await mails.count()) && !confirmed; at += 1) {
    await page.goto(`${shop.url}/mailbox`);
    await mails.nth(at).click();
    const letter = page.frameLocator('iframe.letter');
    await letter.locator('body').waitFor();
    const text = await letter.locator('body').innerText();
    confirmed = text.includes(number);
  }
  assert.ok(confirmed, `no mail names order ${number}`);
  await see('11-mail');
}
