import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { examineAll } from '../console/examine.ts';
import {
  answerConsent,
  openStranger,
  read,
  setUpPassword,
  signIn,
  startConsole,
  writeMail,
} from './console.ts';
import { mailbox, until } from './world.ts';

test('an administrator comes from the first start to delivered mail, in a browser', async (t) => {
  const world = await startConsole(t);
  const { authority, dovecot, receiver, browser, url } = world;
  const { page, complaints } = await openStranger(browser, url);
  const status = () => read(page.getByRole('status'));
  const deliver = (subject: string, html = '<p>Hello</p>') =>
    dovecot.deliver(mailbox, writeMail(subject, html));

  await t.test('the set-up token sets the password; another password is refused afterwards', async () => {
    await setUpPassword(page, world.setUpToken);
    await page.getByRole('heading', { name: 'From here to the first mail' }).waitFor();
    await page.locator('.side').getByRole('button', { name: 'Sign out' }).click();
    await signIn(page, 'a wrong password');
    assert.match(await read(page.getByRole('alert')), /The password is wrong/);
    await signIn(page);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  });

  const next = (title: string) => page.getByRole('link', { name: `Next: ${title}` }).click();
  const stepIs = (state: string) => page.locator('.lead').getByText(state, { exact: true }).waitFor();

  await t.test('the guide is begun, and goes with the administrator through Azure', async () => {
    await page.getByRole('link', { name: 'Set up a mailbox' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Support');
    await page.getByLabel('Mailbox address').fill(mailbox);
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.getByRole('heading', { name: 'Before you begin' }).waitFor();
    await next('App registrations > New registration');
    assert.match(await read(page.locator('.instructions')), new RegExp(`${url}/oauth/callback`));
    await stepIs('Not yet');
    await next('Overview, and Certificates & secrets');
  });

  await t.test(
    'client ID, tenant and secret are entered in whatever form they were copied, and connected',
    async () => {
      const app = world.register();
      await page.getByLabel('Application (client) ID').fill(app.clientId);
      await page.getByLabel('Directory (tenant) ID').fill(authority.tokenUrl);
      await page.getByRole('textbox', { name: 'Client secret' }).fill(app.clientSecret);
      await page.getByRole('button', { name: 'Save and check' }).click();
      await page.getByText('IMAP.AccessAsUser.All').waitFor();
      await page.getByRole('link', { name: 'Back' }).click();
      await page.getByRole('link', { name: 'Back' }).click();
      await stepIs('Done');
      await next('Overview, and Certificates & secrets');
      await next('API permissions, and Grant admin consent');
      await next('Connect');
      await page.getByRole('link', { name: 'Connect', exact: true }).click();
      assert.equal(new URL(page.url()).origin, authority.origin);
      await answerConsent(page, 'Accept', mailbox);
      assert.match(await status(), /^Connected\./);
    },
  );

  await t.test(
    'the mailbox is added where the guide goes on, and Test connection shows every step',
    async () => {
      await page.getByLabel('Mail server').fill(dovecot.host);
      await page.getByLabel('Port optional').fill(String(dovecot.imapsPort));
      await page.getByRole('button', { name: 'Add and start' }).click();
      await page.getByRole('heading', { name: 'Where the mail goes' }).waitFor();
    },
  );

  await t.test('a webhook is added; mail that arrives is delivered there and seen at once', async () => {
    await page.getByLabel('Name', { exact: true }).fill('Tickets');
    await page.getByLabel('URL', { exact: true }).fill(receiver.url);
    await page.getByRole('button', { name: 'Add webhook' }).click();
    await page.getByRole('heading', { name: 'The first mail' }).waitFor();
    receiver.trust(await read(page.locator('.copyable code').first()));

    await page.goto('/servers');
    await page
      .locator('main')
      .getByRole('link', { name: /^Support/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByText('Everything is in order.').waitFor();
    const checks = await page.locator('.check-passed h2').allTextContents();
    assert.deepEqual(
      checks.map((check) => check.replace(/\s+passed$/, '')),
      [
        'The name of the mail server is known',
        'The mail server can be reached',
        'The connection is encrypted and the certificate can be trusted',
        'The authority that issues tokens can be reached',
        'The clock of this machine is right',
        'The authority issues an access token',
        'The token is for this mailbox, with the permissions that are needed',
        'The mail server lets us in to the mailbox',
        'The folders are there',
        'A message can be read',
        'New mail is noticed',
        'The access is limited to this mailbox',
        'Its mail can be handed over',
      ],
    );

    await page.goto('/');
    await page.locator('.live').waitFor();
    await page.evaluate('window.same = true');
    await deliver('The printer is on fire');
    const activity = page.locator('.activity li', { hasText: 'The printer is on fire' });
    await activity.filter({ hasText: /Stored by Support/ }).waitFor();
    await activity.filter({ hasText: /Delivered to Tickets in/ }).waitFor();
    await page.getByText('Nothing needs you.').waitFor();
    assert.equal(await page.evaluate('window.same'), true, 'without being reloaded');
    assert.deepEqual(
      receiver.requests.map(({ verified, body }) => [verified, JSON.parse(body).data.subject]),
      [[true, 'The printer is on fire']],
    );
  });

  await t.test(
    'a message is shown formatted, asks nobody for anything, and its source is saved whole',
    async () => {
      await deliver(
        'Our newsletter',
        `<h1 id="news">News</h1><img src="${receiver.url}?read"><script>top.document.title = 'owned'</script>`,
      );
      await page.locator('.activity').getByRole('link', { name: 'Our newsletter' }).first().click();
      await page.frameLocator('.message-frame').locator('#news').waitFor();
      await page.waitForLoadState('networkidle');
      assert.deepEqual(
        complaints.splice(0).map((complaint) => /^(Loading the image|Blocked script)/.exec(complaint)?.[0]),
        ['Loading the image', 'Blocked script'],
      );
      assert.match(await page.title(), /^Our newsletter/);
      assert.deepEqual(
        receiver.requests.filter(({ id }) => id === ''),
        [],
      );

      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Raw source' }).click(),
      ]);
      const hash = createHash('sha256');
      for await (const chunk of await download.createReadStream()) hash.update(chunk);
      const onServer = (await dovecot.messages(mailbox)).map(({ sha256 }) => sha256);
      assert.ok(onServer.includes(hash.digest('hex')));
      assert.match(download.suggestedFilename(), /^msg_\w+\.eml$/);
    },
  );

  await t.test('a paused server leaves mail alone; resumed it takes all of it, once', async () => {
    await page.goto('/servers');
    await page
      .locator('main')
      .getByRole('link', { name: /^Support/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Pause' }).click();
    assert.match(await status(), /^Paused\. Mail stays in the mailbox/);
    await deliver('While nobody looked');
    assert.equal(await world.letterbox.store.messages.count(), 2);
    await page.getByRole('button', { name: 'Resume' }).click();
    assert.match(await status(), /^Resumed\./);
    await until('everything is delivered', () => receiver.requests.length >= 3);
    await page.goto('/messages');
    assert.deepEqual(await page.locator('.row-subject').allInnerTexts(), [
      'While nobody looked',
      'Our newsletter',
      'The printer is on fire',
    ]);
  });

  assert.deepEqual(complaints, []);

  await t.test('every page with what is real on it can be used by everybody', async () => {
    const paths = ['/', '/deliveries', '/messages', '/profiles', '/servers', '/destinations'];
    for (const list of paths.slice(2)) {
      await page.goto(list);
      const first = page.locator(`main :is(.row, .strong)[href^="${list}/"]`).first();
      paths.push((await first.getAttribute('href')) ?? '');
    }
    assert.deepEqual(await examineAll({ page, complaints }, paths), {});
  });
});
