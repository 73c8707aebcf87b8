import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { openBrowser, openPageSignedIn } from './browser.ts';
import { examine } from './examine.ts';
import { openSignedIn } from './fixtures.ts';

async function openAt(t: TestContext, path: string, javaScriptEnabled = false) {
  const [browser, opened] = await Promise.all([openBrowser(t), openSignedIn(t, 'lively')]);
  const watched = await openPageSignedIn(browser, opened, { javaScriptEnabled });
  await watched.page.goto(path);
  return { ...watched, opened };
}

const find = (page: Page) => page.getByRole('button', { name: 'Find settings' }).click();
const summary = (page: Page) => page.locator('.found-summary');
/** What is told beside a field. */
async function foundAt(page: Page, label: string): Promise<string> {
  const ids = await page.getByLabel(label, { exact: true }).first().getAttribute('aria-describedby');
  const id = ids?.split(' ').find((one) => one.endsWith('-found'));
  return id ? ((await page.locator(`#${id}`).textContent()) ?? '').trim() : '';
}
const textOf = (page: Page, label: string) => page.getByLabel(label, { exact: true }).inputValue();

test('the form of a server comes back filled in, each value with from where it is, without scripts', async (t) => {
  const { page, complaints } = await openAt(t, '/servers/new');
  await page.getByLabel('Name', { exact: true }).fill('Support');
  await page.getByLabel('Mailbox address').fill('support@contoso.example');
  await find(page);
  const told = (await summary(page).textContent()) ?? '';
  assert.match(told, /contoso.example: Microsoft 365 \(MX of contoso.example\)/);
  assert.match(told, /goes through Mimecast first/);
  assert.match(
    told,
    /outlook.office365.com \(MX of contoso.example\) was taken; mail.contoso.example \(autoconfig/,
  );
  assert.match(told, /SRV _imaps._tcp.contoso.example, nothing there: the name is not in the DNS/);
  assert.equal(await summary(page).evaluate((one) => one === one.ownerDocument.activeElement), true);
  assert.deepEqual(
    [await textOf(page, 'Mail server optional'), await textOf(page, 'Port optional')],
    ['outlook.office365.com', '993'],
  );
  assert.equal(await foundAt(page, 'Mail server optional'), 'Found in MX of contoso.example.');
  assert.equal(
    await foundAt(page, 'User name optional'),
    'Found in MX of contoso.example. The mail address itself.',
  );
  assert.equal(await textOf(page, 'Name'), 'Support');
  assert.deepEqual(complaints, []);
});

test('what was typed is never written over, and what else was found stands beside it', async (t) => {
  const { page } = await openAt(t, '/servers/new');
  await page.getByLabel('Mailbox address').fill('support@contoso.example');
  await page.getByLabel('Mail server optional').fill('mine.contoso.example');
  await page.getByText('STARTTLS', { exact: true }).click();
  await find(page);
  assert.equal(await textOf(page, 'Mail server optional'), 'mine.contoso.example');
  assert.equal(
    await foundAt(page, 'Mail server optional'),
    'Found in MX of contoso.example: outlook.office365.com. What you entered stays.',
  );
  assert.equal(await page.locator('[name="security"][value="starttls"]').isChecked(), true);
  assert.equal(await textOf(page, 'Port optional'), '993');

  await page.getByLabel('Port optional').fill('1993');
  await find(page);
  assert.equal(await textOf(page, 'Port optional'), '1993', 'nor what was typed over what was found');
});

test('what was found before makes place for what is found now', async (t) => {
  const { page } = await openAt(t, '/servers/new');
  await page.getByLabel('Mailbox address').fill('support@contoso.example');
  await find(page);
  await page.getByLabel('Mailbox address').fill('support@other.example');
  await find(page);
  assert.deepEqual(
    [await textOf(page, 'Mail server optional'), await textOf(page, 'Port optional')],
    ['mail.other.example', ''],
  );
  assert.equal(await foundAt(page, 'Mail server optional'), 'Found in SRV _imaps._tcp.other.example.');
  assert.equal(await foundAt(page, 'Port optional'), '');
});

test('another protocol than the settings were found for is not saved with them', async (t) => {
  const { page, opened } = await openAt(t, '/servers/new');
  const taken: unknown[] = [];
  const { servers } = opened.administration;
  const { create } = servers;
  servers.create = (input) => {
    taken.push(input);
    return create(input);
  };
  await page.getByLabel('Name', { exact: true }).fill('Support');
  await page.getByLabel('Mailbox address').fill('support@contoso.example');
  await page.getByLabel('Credential profile', { exact: true }).selectOption({ index: 1 });
  await find(page);
  await page.getByText('MAPI by Microsoft Graph', { exact: true }).click();
  await page.getByRole('button', { name: 'Save and start' }).click();
  const [input] = taken as { protocol: string; host: string | null; port: number | null }[];
  assert.deepEqual([input?.protocol, input?.host, input?.port], ['graph', null, null]);
});

test('Enter in a field saves, and does not search', async (t) => {
  for (const javaScriptEnabled of [true, false]) {
    const { page } = await openAt(t, '/servers/new', javaScriptEnabled);
    await page.getByLabel('Mailbox address').fill('support@contoso.example');
    const [request] = await Promise.all([
      page.waitForRequest((one) => one.method() === 'POST'),
      page.getByLabel('Mailbox address').press('Enter'),
    ]);
    assert.equal(new URL(request.url()).pathname, '/servers');
  }
});

test('after wrong input what was found is still told, and a found value that was changed is not', async (t) => {
  const { page } = await openAt(t, '/servers/new');
  await page.getByLabel('Mailbox address').fill('support@contoso.example');
  await find(page);
  await page.getByLabel('Port optional').fill('1993');
  await page.getByRole('button', { name: 'Save and start' }).click();
  await page.locator('.error-summary').waitFor();
  assert.equal(await foundAt(page, 'Mail server optional'), 'Found in MX of contoso.example.');
  assert.equal(await foundAt(page, 'Port optional'), '');
});

test('a profile asks for an address to find its settings by, which is none of its own', async (t) => {
  const { page } = await openAt(t, '/profiles/new?address=support%40contoso.example');
  assert.equal(await textOf(page, 'Mail address optional'), 'support@contoso.example');
  await page.getByRole('textbox', { name: 'Client secret' }).fill('hush~hush');
  await find(page);
  assert.equal(await textOf(page, 'Directory (tenant) ID'), '11111111-2222-3333-4444-555555555555');
  assert.match(
    await foundAt(page, 'Directory (tenant) ID'),
    /^Found in tenant discovery at login.microsoftonline.com/,
  );
  assert.equal(await page.getByLabel('Microsoft’s cloud').inputValue(), 'china');
  assert.match((await summary(page).textContent()) ?? '', /Enter the client secret again/);
  assert.ok(!(await page.content()).includes('hush~hush'));
});

test('settings found for one provider are not filled in for another that was chosen', async (t) => {
  const { page } = await openAt(t, '/profiles/new?address=support%40contoso.example');
  await page.getByText('Google', { exact: true }).click();
  await find(page);
  assert.equal(await page.locator('[name="provider"][value="google"]').isChecked(), true);
  assert.match(await page.content(), /Found in MX of contoso.example: Microsoft. What you entered stays./);
  assert.equal(await page.locator('[name="tenant"]').inputValue(), '');
});

test('an address that is none brings the form back with what is wrong beside it', async (t) => {
  for (const [path, label] of [
    ['/servers/new', 'Mailbox address'],
    ['/profiles/new', 'Mail address optional'],
    ['/outgoing-servers/new', 'Mail is from'],
  ] as const) {
    const { page } = await openAt(t, path);
    await page.getByLabel(label, { exact: true }).fill('nobody');
    const [answer] = await Promise.all([
      page.waitForResponse((one) => one.request().method() === 'POST'),
      find(page),
    ]);
    assert.equal(answer.status(), 422, path);
    const field = page.getByLabel(label, { exact: true });
    assert.equal(await field.getAttribute('aria-invalid'), 'true', path);
    assert.equal(await field.inputValue(), 'nobody');
  }
});

test('what a form carries along is read only as far as it is in order', async (t) => {
  const { page } = await openAt(t, '/servers/new');
  await page.getByLabel('Mailbox address').fill('support@contoso.example');
  await find(page);
  for (const broken of ['{', '[]', '{"kind":5,"values":[{}]}', '"<script>alert(1)</script>"']) {
    await page.locator('[name="found"]').evaluate((one, value) => one.setAttribute('value', value), broken);
    await find(page);
    assert.equal(await textOf(page, 'Port optional'), '993', broken);
  }
});

test('filled-in forms are in order on a desk and a phone, by day and by night', async (t) => {
  const { page, complaints } = await openAt(t, '/servers/new', true);
  for (const path of ['/servers/new', '/profiles/new', '/outgoing-servers/new']) {
    await page.goto(path);
    await page.locator('[type="email"]').first().fill('support@contoso.example');
    await find(page);
    await page.getByText('Where it was looked').click();
    assert.deepEqual(await examine(page), [], path);
    assert.deepEqual(complaints, [], path);
    if (process.env.PICTURES)
      for (const [width, colorScheme] of [
        [1280, 'light'],
        [390, 'dark'],
      ] as const) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        await page.screenshot({
          path: `${process.env.PICTURES}${path.replaceAll('/', '-')}-${width}.png`,
          fullPage: true,
        });
      }
  }
});
