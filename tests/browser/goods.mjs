// Goods and their way, without scripts, on a phone and on a desktop screen: a seller applies, is approved, lists
// a product with its picture; a shopper finds it and buys two; the seller packs and ships them, sees the sale with
// its commission, and says how far they are until they are there; one goes back, and staff receive, inspect, restock and refund it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { apply, approve, buy, list, mail, staff, until } from './help/deeds.mjs';
import { SCREENS, fits, openBrowser, openShop, shot, visit, visiting } from './help/shop.mjs';

let shop;
let browser;
// Who sells, who buys, and what: one story a screen, each test goes on where the one before ended.
let stories;

before(async () => {
  // Nothing moves until somebody moves it.
  shop = await openShop();
  browser = await openBrowser();
  stories = await Promise.all(
    SCREENS.map(async (screen) => {
      const [seller, shopper] = [await visit(browser, screen), await visit(browser, screen)];
      return { screen, seller: seller.page, shopper: shopper.page };
    }),
  );
});

after(async () => {
  await browser?.close();
  await shop?.close();
});

for (const at of SCREENS.keys()) {
  const { name } = SCREENS[at];
  test(`a seller is let in and lists a product on a ${name}`, () => lists(stories[at]));
  test(`a shopper finds the product and buys it on a ${name}`, () => buys(stories[at]));
  test(`the seller packs it on a ${name}`, () => packs(stories[at]));
}

for (const at of SCREENS.keys()) {
  const { name } = SCREENS[at];
  test(`the seller ships it and sees the money on a ${name}`, () => ships(stories[at]));
  test(`the seller says how far it is until it arrives on a ${name}`, () => arrives(stories[at]));
}

for (const at of SCREENS.keys()) {
  test(`a piece goes back on a ${SCREENS[at].name}`, () => goesBack(stories[at]));
}

/** What is on the screen fits it; a screenshot is kept. */
async function see({ screen }, page, what) {
  await fits(page, screen.width);
  await shot(page, `goods-${screen.name}-${what}`);
}

async function lists(story) {
  const { screen, seller: page } = story;
  story.title = `Ash vase for a ${screen.name}`;
  story.email = `shopper.${screen.name}@example.com`;
  const name = `Kiln of the ${screen.name}`;
  await apply(page, shop.url, { name, email: `kiln.${screen.name}@example.com` });
  await visiting(browser, screen, async (operator) => {
    await staff(operator, shop.url);
    await approve(operator, shop.url, name);
    await see(story, operator, '01-approved');
  });
  story.product = await list(page, shop.url, { title: story.title, price: '24.50', stock: 5 });
  await see(story, page, '02-listed');

  // Any picture will do: the screen itself is one.
  await page.getByRole('link', { name: /^Pictures/ }).first().click();
  const picture = await page.screenshot();
  await page.getByLabel('Add a picture').setInputFiles({ name: 'vase.png', mimeType: 'image/png', buffer: picture });
  await page.getByRole('button', { name: 'Upload' }).click();
  await page.getByRole('img', { name: `Picture 1 of ${story.title}` }).waitFor();
  await see(story, page, '03-pictures');

  // Now it can be bought, and the page says so.
  await until(page, `${shop.url}/seller/products/${story.product}`, page.getByText('Buyable', { exact: true }));
}

async function buys(story) {
  const { shopper: page, title } = story;
  const search = `${shop.url}/search?q=${encodeURIComponent(title)}`;
  const found = page.locator('.card a', { hasText: title });
  await until(page, search, found);
  await see(story, page, '04-found');
  await found.first().click();
  await page.getByRole('heading', { name: title, level: 1 }).waitFor();
  await page.getByText('€24.50').first().waitFor();
  const picture = page.getByRole('img', { name: `Picture of ${title}` });
  await until(page, page.url(), picture);
  assert.ok(await picture.evaluate((img) => img.complete && img.naturalWidth > 0), 'the picture is there');
  await see(story, page, '05-product');
  story.order = await buy(page, story.email, 2);
  await see(story, page, '06-bought');
}

async function packs(story) {
  const { seller: page } = story;
  const number = story.order.split('/').pop();
  const row = page.getByRole('link', { name: number });
  await until(page, `${shop.url}/seller/orders`, row);
  await see(story, page, '07-orders');
  await row.click();
  const packed = page.getByRole('button', { name: 'It is packed' });
  await until(page, page.url(), packed);
  await page.getByText('Unter den Linden 1').waitFor();
  await packed.click();
  await page.getByRole('button', { name: 'The carrier has it' }).waitFor();
}

async function ships(story) {
  const { seller: page, shopper, screen } = story;
  const number = story.order.split('/').pop();
  await page.goto(`${shop.url}/seller/orders?show=to_ship`);
  await page.getByRole('link', { name: number }).click();
  // As it stands on the label; the shop leaves the gaps out.
  await page.getByLabel("The carrier's number, if it gave one").fill(`DE 7755 ${screen.width}`);
  const tracking = `DE7755${screen.width}`;
  await page.getByRole('button', { name: 'The carrier has it' }).click();
  await page.getByText('Picked up').first().waitFor();
  await see(story, page, '08-shipped');

  // 49.00 for two, a tenth of it for the shop, each a line of its own.
  const lines = page.locator('tbody tr').filter({ hasText: number });
  await until(page, `${shop.url}/seller/balance`, lines.filter({ hasText: /commission/i }));
  await lines.filter({ hasText: '€49.00' }).first().waitFor();
  await lines.filter({ hasText: /[-−]€4\.90/ }).filter({ hasText: '10' }).first().waitFor();
  assert.match(await page.locator('.figure', { hasText: 'What is yours' }).innerText(), /€44\.10/);
  await see(story, page, '09-balance');

  // The shopper reads the same number, on the page and in the mail.
  await until(shopper, `${shop.url}${story.order}`, shopper.getByText(tracking));
  await see(story, shopper, '10-on-its-way');
  const letter = await mail(shopper, shop.url, story.email, 'on its way');
  assert.ok(letter.includes(tracking) && letter.includes(number), letter);
}

/** Nobody but the seller says how far it is: no carrier drives here. */
async function arrives(story) {
  const { seller, shopper: page } = story;
  const number = story.order.split('/').pop();
  await seller.goto(`${shop.url}/seller/orders?show=shipped`);
  await seller.getByRole('link', { name: number }).click();
  for (const says of ['Out for delivery', 'Delivered']) {
    await seller.getByLabel('Where the carrier says it is').selectOption({ label: says });
    await seller.getByRole('button', { name: 'Note it' }).click();
    await seller.locator('.parcel .pill', { hasText: says }).waitFor();
  }
  await see(story, seller, '11-moved-by-hand');
  await until(page, `${shop.url}${story.order}`, page.getByRole('link', { name: 'Send something back' }));
  await page.getByText('Every step of its way').first().click();
  await page.getByText('Out for delivery').first().waitFor();
  await see(story, page, '11-delivered');
  await mail(page, shop.url, story.email, 'has arrived');
}

async function goesBack(story) {
  const { shopper: page, screen, title } = story;
  await page.goto(`${shop.url}${story.order}`);
  await page.getByRole('link', { name: 'Send something back' }).click();
  const pieces = page.getByLabel(title);
  assert.deepEqual(await pieces.locator('option').allInnerTexts(), ['None', '1', '2']);

  // Nothing chosen is a mistake, and says so.
  await pieces.selectOption('0');
  await page.getByRole('button', { name: 'Get the label' }).click();
  await page.getByRole('alert').first().waitFor();
  await see(story, page, '12-nothing-chosen');

  await pieces.selectOption('1');
  await page.getByLabel('Why do you send it back?').selectOption({ index: 1 });
  await page.getByRole('button', { name: 'Get the label' }).click();
  await page.waitForURL((to) => to.pathname === story.order);
  await page.getByRole('heading', { name: 'On its way back' }).waitFor();
  await see(story, page, '13-label');

  await visiting(browser, screen, (operator) => handle(story, operator));

  const back = page.locator('.parcel', { hasText: 'Sent back' });
  await until(page, `${shop.url}${story.order}`, back.getByText('€24.50 back to you'));
  await back.getByText(/refunded/i).first().waitFor();
  await see(story, page, '16-refunded');
  await mail(page, shop.url, story.email, /refund|money/i);

  // One is left to send back, not two.
  await page.goto(`${shop.url}${story.order}/return`);
  assert.deepEqual(await pieces.locator('option').allInnerTexts(), ['None', '1']);
}

/** Staff receive and inspect what came back: it can be sold again, and its money goes. */
async function handle(story, page) {
  await staff(page, shop.url);
  const row = page.getByRole('link', { name: story.order.split('/').pop() });
  await until(page, `${shop.url}/admin/returns`, row);
  await row.first().click();
  await page.getByRole('button', { name: 'It arrived' }).click();
  await page.getByLabel(`Of ${story.title}, can be sold again`).fill('1');
  await see(story, page, '14-inspect');
  await page.getByRole('button', { name: /^Inspected/ }).click();
  const paid = page.locator('.facts div', { hasText: 'Paid back' }).getByText('€24.50');
  await until(page, page.url().split('?')[0], paid);
  await see(story, page, '15-handled');
  // Five, two sold, one back on the shelf.
  await page.getByRole('link', { name: story.title }).click();
  await page.getByRole('row', { name: /^return 1 / }).waitFor();
  const stands = page.locator('.facts div', { hasText: 'Available' });
  assert.match(await stands.first().innerText(), /Available\s+4$/);
  await see(story, page, '15-shelf');
}
