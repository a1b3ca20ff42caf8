// Buys as a guest without scripts, on a phone and on a desktop screen: finds a product, is declined
// once, pays, sees the confirmation, the order and its mail, and cancels. Then the ways to pay that
// take longer: the bank asks, the bank says no, the gateway is slow, its answer gets lost.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ORDER, place, restOfAddress, toReview, until } from './help/deeds.mjs';
import { SCREENS, fits, openBrowser, openShop, shot, visiting } from './help/shop.mjs';

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
  test(`a guest buys on a ${screen.name}`, () =>
    visiting(browser, screen, async (page) => {
      const see = async (what) => {
        await fits(page, screen.width);
        await shot(page, `${screen.name}-${what}`);
      };
      await browse(page, screen, see);
      await buy(page, see, `${screen.name}@example.com`);
    }));
}

test('the bank asks, and the order is confirmed on the way back', () =>
  visiting(browser, SCREENS[0], async (page) => {
    await quickly(page, 'bank@example.com');
    await paySheet(page, /3-D Secure|3DS/i);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.waitForURL(ORDER);
    await page.getByRole('heading', { name: 'Thank you, it is yours' }).waitFor();
  }));

test('the bank says no, and another card will do', () =>
  visiting(browser, SCREENS[0], async (page) => {
    const review = await quickly(page, 'no@example.com');
    await paySheet(page, /3-D Secure|3DS/i);
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.waitForURL(new RegExp(`${review}\\?declined=`));
    await page.getByText('The payment did not go through').waitFor();
    await paySheet(page, /approve/i);
    await page.waitForURL(ORDER);
  }));

for (const [what, button] of [
  ['a slow gateway', /slow/i],
  ['a lost answer', /lose the answer/i],
]) {
  test(`${what} leaves a page that ends by itself`, () =>
    visiting(browser, SCREENS[0], async (page) => {
      await quickly(page, 'wait@example.com');
      await paySheet(page, button);
      await page.waitForURL(ORDER);
      const end = page.getByRole('heading', { name: 'Thank you, it is yours' });
      await end.waitFor({ timeout: 60_000 });
    }));
}

async function browse(page, screen, see) {
  await page.goto(`${shop.url}/`);
  await see('01-home');
  await page.goto(`${shop.url}/search?stock=1&sort=price`);
  await see('02-results');
  if (screen.width < 1024) {
    await page.getByRole('link', { name: 'Filter', exact: true }).click();
    await page.getByRole('button', { name: /^Show \d+ results?$/ }).waitFor();
    await page.getByRole('link', { name: 'Close' }).click();
  }
}

async function buy(page, see, email) {
  const review = await byTheCart(page, see, email);

  // The first card is declined; nothing is lost.
  await paySheet(page, /decline/i, see);
  await page.waitForURL(new RegExp(`${review}\\?declined=`));
  await page.getByText('The payment did not go through').waitFor();
  await see('09-declined');

  await paySheet(page, /approve/i);
  await page.waitForURL(ORDER);
  await page.getByRole('heading', { name: 'Thank you, it is yours' }).waitFor();
  await see('10-order');
  const order = page.url();

  await seeMail(page, order.split('/').pop(), email, see);
  await page.goto(`${shop.url}/cart`);
  await page.getByText('Your cart is empty').waitFor();

  await page.goto(order);
  await page.getByRole('link', { name: 'Cancel order' }).click();
  await see('13-cancel');
  await page.getByRole('button', { name: 'Cancel the order' }).click();
  await page.waitForURL(order);
  await page.getByRole('heading', { name: 'This order is cancelled' }).waitFor();
  await see('14-cancelled');
}

/** From the list to the review, looking at each page; answers with the review's path. */
async function byTheCart(page, see, email) {
  await page.locator('.card a').first().click();
  await page.waitForURL(/\/p\//);
  const title = await page.getByRole('heading', { level: 1 }).innerText();
  await see('03-product');
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByText('Added to your cart').waitFor();
  await see('04-added');
  await page.getByRole('link', { name: 'View cart' }).click();
  await page.locator('.line-title', { hasText: title }).waitFor();
  await see('05-cart');
  await page.getByRole('link', { name: 'Check out' }).click();

  // A mistake first: what was typed stays, the fault stands beside its field.
  await page.getByLabel('Email').fill(email);
  await place(page).getByLabel('Full name').fill('Ada Lovelace');
  await page.getByRole('button', { name: 'Continue to payment' }).click();
  await page.getByText('Enter the street and number.').waitFor();
  assert.equal(await place(page).getByLabel('Full name').inputValue(), 'Ada Lovelace');
  await see('06-checkout');
  await page.getByText('Express').click();
  const review = await restOfAddress(page);
  await page.getByText(/1[45] minutes from now/).waitFor();
  await see('07-review');
  return review;
}

/** To the review in a few steps; answers with its path. */
async function quickly(page, email) {
  await page.goto(`${shop.url}/search?stock=1`);
  await page.locator('.card a').first().click();
  return toReview(page, email);
}

/** To the gateway's sheet, and through it by a button of the sandbox. */
async function paySheet(page, button, see) {
  const pay = page.getByRole('button', { name: /^Pay / });
  const said = (await pay.innerText()).trim();
  await pay.click();
  await page.waitForURL(/\/sheet/);
  assert.notEqual(new URL(page.url()).host, new URL(shop.url).host, 'a host of its own');
  await page.getByRole('heading', { name: said }).waitFor();
  if (see) await see('08-sheet');
  await page.getByRole('button', { name: button }).first().click();
}

/** The mail is written after the order: it may take a moment. */
async function seeMail(page, number, email, see) {
  const mail = page.locator('.rows a', { hasText: email }).filter({ hasText: number });
  await until(page, `${shop.url}/mailbox`, mail);
  await see('11-mailbox');
  await mail.first().click();
  const letter = page.frameLocator('iframe.letter').locator('body');
  assert.match(await letter.innerText(), new RegExp(number));
  await see('12-mail');
  await page.frameLocator('iframe.letter').getByRole('link', { name: /order/i }).first().click();
  await page.waitForURL(ORDER);
}
