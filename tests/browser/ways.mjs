// The other ways to pay, without scripts, on a phone and on a desktop screen: a wallet that asks in its own app, a
// bank transfer that comes in two pieces, and a card that is kept at the first purchase and pays the second.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ORDER, product, register, toReview, until } from './help/deeds.mjs';
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
  const see = async (page, what) => {
    await fits(page, screen.width);
    await shot(page, `ways-${screen.name}-${what}`);
  };
  const thanks = (page) => page.getByRole('heading', { name: 'Thank you, it is yours' });

  test(`a wallet pays on a ${screen.name}`, () =>
    visiting(browser, screen, async (page) => {
      await review(page, 'wallet@example.com');
      await choose(page, 'Wallet');
      await see(page, '01-wallet-chosen');
      await page.getByRole('button', { name: /^Pay / }).click();
      await page.waitForURL(/\/wallet\//);
      await see(page, '02-wallet');
      await page.getByRole('button', { name: 'Confirm in the app' }).click();
      await page.waitForURL(ORDER);
      await thanks(page).waitFor();
    }));

  test(`a bank transfer pays when all of it is there on a ${screen.name}`, () =>
    visiting(browser, screen, async (page) => {
      await review(page, 'transfer@example.com');
      await choose(page, 'Bank transfer');
      await page.getByRole('button', { name: /^Order, and transfer / }).click();
      await page.waitForURL(ORDER);
      const order = page.url();
      await page.getByRole('heading', { name: 'Send the money, and it is yours' }).waitFor();
      await see(page, '03-transfer');
      await page.getByRole('link', { name: 'Open my bank' }).click();
      await page.getByRole('button', { name: /^A cent less comes/ }).click();
      const missing = page.getByText(/€0\.01 is missing/);
      await until(page, order, missing);
      await see(page, '04-a-cent-is-missing');
      await page.getByRole('link', { name: 'Open my bank' }).click();
      await page.getByRole('button', { name: /^The rest comes/ }).click();
      await until(page, order, thanks(page));
      await see(page, '05-transferred');
    }));

  test(`a kept card pays the second time on a ${screen.name}`, () =>
    visiting(browser, screen, async (page) => {
      const email = `keeps.${screen.name}@example.com`;
      await register(page, shop.url, email);
      await review(page, email);
      await page.getByRole('button', { name: /^Pay / }).click();
      await page.waitForURL(/\/sheet/);
      await page.getByLabel('Card number').fill('4242 4242 4242 4242');
      await page.getByLabel('Expiry (MM/YY)').fill('12/34');
      await page.getByLabel('Security code').fill('123');
      await page.getByLabel('Save this card for next time').check();
      await see(page, '06-card-to-keep');
      await page.getByRole('button', { name: /^Pay / }).click();
      await page.waitForURL(ORDER);
      const card = page.getByText(/4242/);
      await until(page, `${shop.url}/account/payment-methods`, card);
      await see(page, '07-kept');

      // No sheet this time: chosen beforehand, and paid at once.
      await review(page, email);
      assert.ok(await page.getByRole('radio', { name: /4242/ }).isChecked());
      await see(page, '08-chosen');
      await page.getByRole('button', { name: /^Pay / }).click();
      await page.waitForURL(ORDER);
      await thanks(page).waitFor();

      await page.goto(`${shop.url}/account/payment-methods`);
      await page.getByRole('button', { name: /^Remove/ }).click();
      await page.getByText('You keep no card here.').waitFor();
    }));
}

async function review(page, email) {
  await product(page, shop.url, 1);
  await toReview(page, email);
}

/** Chooses how to pay on the review. */
async function choose(page, name) {
  await page.getByRole('radio', { name: new RegExp(`^${name}`) }).check();
}
