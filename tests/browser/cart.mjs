// A cart and its life, without scripts, on a phone and on a desktop screen: things are put in, counted, put aside
// for later, wished for, removed and put back; and it follows its shopper through a sign-in, where the one from
// before and the one of the account become one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { product, register, signIn } from './help/deeds.mjs';
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
    await shot(page, `cart-${screen.name}-${what}`);
  };

  test(`a cart is changed and changed back on a ${screen.name}`, () =>
    visiting(browser, screen, async (page) => {
      const first = await add(page, 0);
      const second = await add(page, 1);
      await page.goto(`${shop.url}/cart`);
      const quantity = (title) => page.getByLabel(`Quantity of ${title}`);

      await page.getByRole('button', { name: `One more of ${first}`, exact: true }).click();
      assert.equal(await quantity(first).inputValue(), '2');
      await quantity(first).fill('3');
      await quantity(first).press('Enter');
      await page.waitForLoadState();
      assert.equal(await quantity(first).inputValue(), '3');
      await page.getByRole('button', { name: `One less of ${first}`, exact: true }).click();
      assert.equal(await quantity(first).inputValue(), '2');
      await see(page, '01-counted');

      // What is put aside is not bought, and comes back as it was.
      const sum = await total(page);
      await page.getByRole('button', named('Save for later', first)).click();
      await page.getByRole('heading', { name: 'Saved for later' }).waitFor();
      assert.equal(await quantity(first).count(), 0);
      assert.notEqual(await total(page), sum);
      await see(page, '02-saved');
      await page.getByRole('button', named('Move to cart', first)).click();
      assert.equal(await quantity(first).inputValue(), '2');
      assert.equal(await total(page), sum);

      // A removal can be taken back.
      await page.getByRole('button', { name: `Remove ${second}` }).click();
      assert.equal(await quantity(second).count(), 0);
      await see(page, '03-removed');
      await page.getByRole('button', { name: 'Put it back' }).click();
      assert.equal(await quantity(second).inputValue(), '1');
      assert.equal(await total(page), sum);
    }));

  test(`a wish goes into the cart on a ${screen.name}`, () =>
    visiting(browser, screen, async (page) => {
      await product(page, shop.url, 2);
      const title = await page.getByRole('heading', { level: 1 }).innerText();
      await page.getByRole('button', { name: 'Add to wishlist' }).first().click();
      await page.getByRole('link', { name: 'See your wishlist' }).click();
      await page.locator('.wishes').getByRole('link', { name: title }).waitFor();
      await see(page, '04-wishlist');
      await page.getByRole('button', named('Add to cart', title)).click();
      await page.waitForURL(/\/cart/);
      assert.equal(await page.getByLabel(`Quantity of ${title}`).inputValue(), '1');
      await page.goto(`${shop.url}/wishlist`);
      await page.getByRole('button', { name: `Remove ${title}` }).click();
      await page.getByText('Nothing here yet').waitFor();
    }));

  test(`two carts become one at the sign-in on a ${screen.name}`, () =>
    visiting(browser, screen, async (page) => {
      const email = `cart.${screen.name}@example.com`;
      await register(page, shop.url, email);
      const both = await add(page, 0);
      const mine = await add(page, 1);
      await page.goto(`${shop.url}/account`);
      await page.getByRole('button', { name: 'Sign out' }).click();

      // A stranger's cart on the same device begins empty.
      await page.goto(`${shop.url}/cart`);
      await page.getByText('Your cart is empty').waitFor();
      await add(page, 0);
      await add(page, 0);
      const other = await add(page, 2);
      await signIn(page, shop.url, email);
      await page.goto(`${shop.url}/cart`);
      await see(page, '05-merged');
      const counts = await Promise.all(
        [both, mine, other].map((title) => page.getByLabel(`Quantity of ${title}`).inputValue()),
      );
      assert.deepEqual(counts, ['3', '1', '1']);
      assert.match(await page.locator('h1').innerText(), /5/);
    }));
}

/** Puts a product into the cart; answers with its title. */
async function add(page, nth) {
  await product(page, shop.url, nth);
  const title = await page.getByRole('heading', { level: 1 }).innerText();
  await page.getByRole('button', { name: 'Add to cart' }).first().click();
  await page.getByText('Added to your cart').waitFor();
  return title;
}

/** A button that says for the ear alone what it is about. */
function named(button, title) {
  return { name: new RegExp(`^${button} ?: ${title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`) };
}

/** The estimated total of the cart that is shown. */
async function total(page) {
  return page.getByRole('complementary', { name: 'Total' }).locator('.sum dd').innerText();
}
