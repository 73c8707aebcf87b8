import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { builtIn } from '../../src/adapters.ts';
import { forward } from '../../src/destinations/forward/kind.ts';
import { tick } from '../../src/resources/fields/choice.ts';
import { secret } from '../../src/resources/fields/secret.ts';
import type { Store } from '../../src/store/store.ts';
import { put } from '../resources/fixtures.ts';
import { openBrowser, openPageSignedIn } from './browser.ts';
import { examineAll } from './examine.ts';
import { openSignedIn, password } from './fixtures.ts';
import { printers } from './printers.ts';

/** A console with the printers beside its own resources, before a browser that runs no scripts. */
async function openPrinters(t: TestContext) {
  const [browser, opened] = await Promise.all([
    openBrowser(t),
    openSignedIn(t, 'lively', { resources: [printers] }),
  ]);
  const watched = await openPageSignedIn(browser, opened, { javaScriptEnabled: false });
  const stored = async () =>
    (await opened.store.records.list('printer')).map(({ record }) => JSON.parse(record));
  return { ...opened, ...watched, browser, stored };
}

/** Writes a printer as it is, unchecked. */
async function putPrinter(store: Store, printer: { id: string; name: string; [field: string]: string }) {
  const instant = new Date().toISOString();
  await put(store, 'printer', { createdAt: instant, updatedAt: instant, ...printer });
}

function field(page: Page, label: string) {
  return page.getByLabel(label, { exact: true });
}

async function save(page: Page): Promise<number> {
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === 'POST'),
    page.getByRole('button', { name: /^Save / }).click(),
  ]);
  return answer.status();
}

test('a resource that is only registered has its list, form, page and end, without a script or a rule of its own', async (t) => {
  const { page, complaints, store, stored } = await openPrinters(t);
  await page.goto('/');
  await page.getByRole('link', { name: 'Office printers' }).first().click();
  await page.getByText('No office printer yet').waitFor();
  await page.getByRole('link', { name: 'Add an office printer' }).click();

  const shown = async () =>
    Object.fromEntries(
      await Promise.all(
        ['Host name', 'PIN', 'Words of welcome optional', 'Width in millimetres'].map(
          async (label) => [label.split(' ')[0], await field(page, label).isVisible()] as const,
        ),
      ),
    );
  assert.deepEqual(await shown(), { Host: false, PIN: false, Words: true, Width: false });
  await page.getByText('The network').click();
  await page.getByText('With a PIN').click();
  await page.getByText('It has a second tray').click();
  assert.deepEqual(await shown(), { Host: true, PIN: true, Words: false, Width: false });
  await page.getByText('Of another size').click();
  assert.deepEqual(await shown(), { Host: true, PIN: true, Words: false, Width: true });

  await field(page, 'Name').fill('Hall');
  await field(page, 'Width in millimetres').fill('80');
  await field(page, 'PIN').fill(' 1 2 ');
  assert.equal(await save(page), 422);
  assert.match((await page.getByRole('alert').textContent()) ?? '', /Host name: Fill this in\./);
  assert.equal(await field(page, 'PIN').inputValue(), '');
  await field(page, 'Host name').fill('hall.example');
  await field(page, 'PIN').fill(' 1 2 ');
  assert.equal(await save(page), 303);
  assert.match((await page.getByRole('status').textContent()) ?? '', /Printer saved\./);
  assert.deepEqual(await page.locator('.facts > div').allTextContents(), [
    'Connected byThe network',
    'Host namehall.example',
    'LockWith a PIN',
    'It has a second traywith custom',
    'It prints on both sidesNo',
  ]);
  const [{ id, ...printer }] = await stored();
  assert.deepEqual(printer.tray, { paper: 'custom', millimetres: 80 });
  const secrets = await store.records.change(async (transaction) => transaction.secret(id, 'pin'));
  assert.equal(Buffer.from(secrets ?? []).toString(), ' 1 2 ');

  await page.getByRole('link', { name: 'Office printers' }).first().click();
  assert.match((await page.locator('tbody').textContent()) ?? '', /Hall.*The network.*No/s);
  await page.getByRole('link', { name: 'Hall' }).click();
  await page.getByRole('link', { name: 'Delete this printer' }).click();
  assert.match((await page.locator('main').textContent()) ?? '', /What it prints is thrown away\./);
  await page.getByRole('button', { name: 'Delete the printer' }).click();
  assert.match((await page.getByRole('status').textContent()) ?? '', /Printer deleted\./);
  assert.deepEqual(await stored(), []);
  assert.deepEqual(complaints, []);
});

test('a choice that another one hides decides nothing, in what is shown and in what is saved', async (t) => {
  const { page, stored } = await openPrinters(t);
  await page.goto('/printers/new');
  await page.getByText('The network').click();
  await page.getByText('With a PIN').click();
  await field(page, 'PIN').fill('1234');
  await page.getByText('A cable').click();
  // The PIN is still chosen, but the lock is not to be seen: it is what it is by itself.
  assert.equal(await page.getByText('With a PIN').isVisible(), false);
  assert.equal(await field(page, 'PIN').isVisible(), false);
  await field(page, 'Words of welcome optional').fill('Hello');
  await field(page, 'Name').fill('Cellar');
  assert.equal(await save(page), 303);
  const [{ connection, lock, welcome, hostName }] = await stored();
  assert.deepEqual([connection, lock, welcome, hostName], ['cable', 'open', 'Hello', undefined]);
});

test('of two who edit the same record the second sees what the first has changed, and decides', async (t) => {
  const { page: ann, browser, origin, administration, stored, ...opened } = await openPrinters(t);
  const session = await administration.signIn.signIn({ password: password }, '127.0.0.1');
  const { page: ben } = await openPageSignedIn(browser, { origin, session }, { javaScriptEnabled: false });
  await putPrinter(opened.store, {
    id: 'prn_1',
    name: 'Hall',
    connection: 'network',
    hostName: 'a',
  });

  await Promise.all([ann.goto('/printers/prn_1/edit'), ben.goto('/printers/prn_1/edit')]);
  await field(ann, 'Host name').fill('ann.example');
  assert.equal(await save(ann), 303);
  await field(ben, 'Host name').fill('ben.example');
  await ben.getByText('It prints on both sides').click();
  assert.equal(await save(ben), 412);
  assert.match(
    (await ben.getByRole('alert').textContent()) ?? '',
    /Somebody else has changed.*Host name is now ann\.example, and was a\..*Save again/s,
  );
  assert.equal(await field(ben, 'Host name').inputValue(), 'ben.example');
  assert.equal((await stored())[0].hostName, 'ann.example');

  // A mistake in between does not make what is there now unseen, nor what comes after it seen.
  await field(ben, 'Name').fill(' ');
  assert.equal(await save(ben), 422);
  await ann.goto('/printers/prn_1/edit');
  await field(ann, 'Words of welcome optional').fill('Hello');
  assert.equal(await save(ann), 303);
  await field(ben, 'Name').fill('Hall');
  assert.equal(await save(ben), 412);
  assert.match((await ben.getByRole('alert').textContent()) ?? '', /welcome is now Hello, and was empty/);
  assert.equal(await save(ben), 303);
  const [{ hostName, duplex }] = await stored();
  assert.deepEqual([hostName, duplex], ['ben.example', true]);
});

test('a record that cannot be read is named on the list with the reason, and can be deleted', async (t) => {
  const { page, store, stored } = await openPrinters(t);
  await putPrinter(store, { id: 'prn_1', name: 'Hall' });
  await putPrinter(store, { id: 'prn_2', name: 'Attic', connection: 'pigeon' });
  await page.goto('/printers');
  assert.match((await page.locator('tbody').textContent()) ?? '', /Hall/);
  assert.match((await page.locator('.problem').textContent()) ?? '', /cannot be read.*Attic: connection/s);
  await page.getByRole('link', { name: 'Delete Attic' }).click();
  assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Delete Attic?');
  await page.getByRole('button', { name: 'Delete the printer' }).click();
  assert.deepEqual(
    (await stored()).map(({ name }) => name),
    ['Hall'],
  );
});

test('a kind that is only registered is asked for with its own fields', async (t) => {
  const fields = {
    isSealed: tick({ label: 'Put a seal on it', fallback: false }),
    wax: secret({ label: 'Colour of the wax', when: { isSealed: ['on'] }, sealedAs: 'wax' }),
  };
  const courier = { ...forward, name: 'courier', label: 'By courier', fields, check: () => [] };
  const kinds = { ...builtIn, destinations: [...builtIn.destinations, courier] };
  const [browser, opened] = await Promise.all([openBrowser(t), openSignedIn(t, 'lively', { kinds })]);
  const { page } = await openPageSignedIn(browser, opened, { javaScriptEnabled: false });
  await page.goto('/destinations/new');
  await page.getByText('By courier').click();
  assert.equal(await field(page, 'URL').isVisible(), false);
  assert.equal(await field(page, 'Colour of the wax optional').isVisible(), false);
  await page.getByText('Put a seal on it').click();
  assert.equal(await field(page, 'Colour of the wax optional').isVisible(), true);
});

test('pages made from fields alone can be used by everybody', async (t) => {
  const { store, browser, ...opened } = await openPrinters(t);
  const watched = await openPageSignedIn(browser, opened);
  await putPrinter(store, { id: 'prn_1', name: 'Hall', connection: 'network', hostName: 'a' });
  await putPrinter(store, { id: 'prn_2', name: 'Attic', connection: 'pigeon' });
  const paths = ['', '/new', '/prn_1', '/prn_1/edit', '/prn_1/delete', '/prn_2/delete'];
  assert.deepEqual(
    await examineAll(
      watched,
      paths.map((path) => `/printers${path}`),
    ),
    {},
  );
});
