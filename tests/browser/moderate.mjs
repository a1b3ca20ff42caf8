// Words about a product, without scripts, on a phone and on a desktop screen: a shopper writes a review, another
// one reports it, staff hide it and later let it stand again, and the product's page follows each time.
import { after, before, test } from 'node:test';
import { mail, product, register, staff, until } from './help/deeds.mjs';
import { SCREENS, fits, openBrowser, openShop, shot, visiting } from './help/shop.mjs';

const WORDS = 'Holds heat for an hour, and pours without a drop beside the cup.';

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

for (const [at, screen] of SCREENS.entries()) {
  const headline = `Bought twice, by ${screen.name}`;
  let page;

  const see = async (visitor, what) => {
    await fits(visitor, screen.width);
    await shot(visitor, `moderate-${screen.name}-${what}`);
  };
  const shown = (visitor) => visitor.locator('.review', { hasText: headline });

  test(`a review is written on a ${screen.name}`, () =>
    visiting(browser, screen, async (writer) => {
      await register(writer, shop.url, `writer.${screen.name}@example.com`, 'Grace Hopper');
      page = `${shop.url}${await product(writer, shop.url, at + 2)}`;
      await writer.getByRole('link', { name: /^Write (a|the first) review$/ }).click();

      // Without stars it is refused, and what was typed stays.
      await writer.getByLabel('What should others know?').fill(WORDS);
      await writer.getByRole('button', { name: 'Publish' }).click();
      await writer.locator('.fault').first().waitFor();
      await writer.getByText(WORDS).waitFor();
      await see(writer, '01-no-stars');
      await writer.getByRole('radio', { name: /^5 / }).check();
      await writer.getByLabel('In one line').fill(headline);
      await writer.getByRole('button', { name: 'Publish' }).click();
      await writer.getByText('Saved.').waitFor();
      await see(writer, '02-written');
      await until(writer, page, shown(writer));
      await shown(writer).getByText(/Grace/).waitFor();
      await see(writer, '03-on-the-page');
    }));

  test(`another shopper reports it on a ${screen.name}`, () =>
    visiting(browser, screen, async (reader) => {
      const email = `reader.${screen.name}@example.com`;
      await register(reader, shop.url, email, 'Alan Turing');
      // Reports count from addresses that were confirmed.
      await mail(reader, shop.url, email, 'Confirm your email address');
      await reader.frameLocator('iframe.letter').getByRole('link', { name: 'Confirm address' }).click();
      await reader.getByRole('button', { name: 'Confirm address' }).click();
      await reader.getByText('Your email address is confirmed.').waitFor();
      await until(reader, page, shown(reader));
      await shown(reader).getByRole('button', { name: 'Report' }).click();
      await reader.getByRole('status').first().waitFor();
      await see(reader, '04-reported');
    }));

  test(`staff hide it and let it stand on a ${screen.name}`, () =>
    visiting(browser, screen, async (operator) => {
      const card = operator.locator('article', { hasText: headline });
      await staff(operator, shop.url);
      await until(operator, `${shop.url}/admin/reviews`, card);
      await card.getByText('1 report').first().waitFor();
      await see(operator, '05-to-decide');
      await card.getByLabel('Why it is hidden').fill('advertising');
      await card.getByRole('button', { name: 'Hide' }).click();
      await operator.getByRole('status').first().waitFor();

      await visiting(browser, screen, async (reader) => {
        await until(reader, page, shown(reader), { gone: true });
        await see(reader, '06-gone');
      });

      await operator.getByRole('navigation', { name: 'Which' }).getByRole('link', { name: /hidden/i }).click();
      await see(operator, '07-hidden');
      await card.getByRole('button', { name: 'Publish' }).click();
      await operator.getByRole('status').first().waitFor();
      await visiting(browser, screen, (reader) => until(reader, page, shown(reader)));
    }));
}
