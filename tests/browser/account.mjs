// The life of an account without scripts, on a phone and on a desktop screen: signs up, confirms the
// address by its mail, keeps addresses, changes the password by a mail, looks at devices and mails, and
// goes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from './help/deeds.mjs';
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
  test(`an account is made, kept and deleted on a ${screen.name}`, () =>
    visiting(browser, screen, async (page) => {
      const see = async (what) => {
        await fits(page, screen.width);
        await shot(page, `account-${screen.name}-${what}`);
      };
      const email = `${screen.name}.account@example.com`;
      await signUp(page, see, email);
      await addresses(page, see);
      await forgets(page, see, email);
      await leaves(page, see);
    }));
}

async function signUp(page, see, email) {
  await page.goto(`${shop.url}/account/register`);
  await page.getByLabel('Name').fill('Ada Lovelace');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill('correct horse');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
  await see('new');
  await follow(page, see, email, 'Confirm your email address', 'Confirm address');
  await page.getByRole('button', { name: 'Confirm address' }).click();
  await page.getByText('Your email address is confirmed.').waitFor();
  await see('confirmed');
}

async function addresses(page, see) {
  for (const [label, street] of [['Home', 'Unter den Linden 1'], ['Office', 'Hauptstr. 5']]) {
    await page.goto(`${shop.url}/account/addresses`);
    await page.getByRole('link', { name: 'Add an address' }).click();
    await page.getByLabel('What you call it').fill(label);
    await page.getByLabel('Full name').fill('Ada Lovelace');
    await page.getByLabel('Street and number').fill(street);
    await page.getByLabel('Postal code').fill('10117');
    await page.getByLabel('Town').fill('Berlin');
    await see(`address-${label}`);
    await page.getByRole('button', { name: 'Save address' }).click();
    await page.getByRole('heading', { name: label }).waitFor();
  }
  await see('addresses');
  await page.getByRole('button', { name: /Send parcels here.*Office/ }).click();
  await page.getByText('This is your default from now on.').waitFor();
  await page.goto(`${shop.url}/account`);
  await page.getByText('Hauptstr. 5').waitFor();
}

async function forgets(page, see, email) {
  await page.goto(`${shop.url}/account`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.goto(`${shop.url}/account/sign-in`);
  await page.getByRole('link', { name: 'Forgotten your password?' }).click();
  await page.getByLabel('Email').fill(email);
  await see('forgotten');
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByText('If there is an account with this address').waitFor();
  await follow(page, see, email, 'Choose a new password', 'Choose a new password');
  await page.getByLabel('New password').fill('battery staple');
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByRole('link', { name: 'Sign in' }).last().click();
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill('battery staple');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
}

async function leaves(page, see) {
  for (const [path, heading] of [
    ['details', 'Sign-in details'],
    ['devices', 'Devices'],
    ['mails', 'Mails'],
    ['privacy', 'Your data'],
  ]) {
    await page.goto(`${shop.url}/account/${path}`);
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    await see(path);
  }
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download my data' }).click(),
  ]);
  assert.equal(file.suggestedFilename(), 'my-data.json');
  await page.getByLabel('Your password').fill('battery staple');
  await page.getByRole('button', { name: 'Delete my account' }).click();
  await page.getByRole('heading', { name: 'Your account is deleted' }).waitFor();
  await see('deleted');
}

/** Opens the newest mail to somebody with such a subject and presses its button, as the mail shows it. */
async function follow(page, see, email, subject, button) {
  const mail = page.locator('.rows a', { hasText: email }).filter({ hasText: subject });
  await until(page, `${shop.url}/mailbox`, mail);
  await mail.first().click();
  const letter = page.frameLocator('iframe.letter');
  await letter.getByRole('link', { name: button }).waitFor();
  await see(`mail-${subject.replaceAll(' ', '-').toLowerCase()}`);
  await letter.getByRole('link', { name: button }).click();
  await page.waitForURL((url) => url.pathname.startsWith('/account/'));
}
