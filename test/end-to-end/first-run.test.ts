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

  await t.test('a credential profile is entered and connected at the authority', async () => {
    const app = world.register();
    await page.getByRole('link', { name: 'I have the app: add a credential profile' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Contoso');
    await page.getByText('Given by their URLs').click();
    await page.getByLabel('OAuth 2.0 authorization endpoint (v2)').fill(authority.authorizationUrl);
    await page.getByLabel('OAuth 2.0 token endpoint (v2)').fill(authority.tokenUrl);
    await page.getByLabel('Application (client) ID').fill(app.clientId);
    await page.getByRole('textbox', { name: 'Client secret' }).fill(app.clientSecret);
    await page.getByLabel('Sign-in name').fill(mailbox);
    await page.getByRole('button', { name: 'Save profile' }).click();
    assert.match(await status(), /Profile saved\. Now press Connect/);

    await page.getByRole('link', { name: 'Connect', exact: true }).click();
    assert.equal(new URL(page.url()).origin, authority.origin);
    assert.equal(await page.getByLabel('Account').inputValue(), mailbox, 'the mailbox is suggested');
    await answerConsent(page, 'Accept');
    assert.match(await status(), /^Connected\./);
    assert.match(await read(page.locator('main')), new RegExp(`Signed in as ?${mailbox}`));
  });

  await t.test('an incoming email server is added, and Test connection shows every step', async () => {
    await page.goto('/servers/new');
    await page.getByLabel('Name', { exact: true }).fill('Support');
    await page.getByLabel('Mailbox address').fill(mailbox);
    await page.getByLabel('Credential profile').selectOption({ label: 'Contoso' });
    await page.getByLabel('Mail server').fill(dovecot.host);
    await page.getByLabel('Port optional').fill(String(dovecot.imapsPort));
    await page.getByText('Mark it as read').click();
    await page.getByRole('button', { name: 'Save and start' }).click();
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByText('Everything is in order.').waitFor();
    const steps = await page.locator('.check-passed h2').allTextContents();
    assert.deepEqual(
      steps.map((step) => step.replace(/\s+passed$/, '')),
      [
        'The name of the mail server is known',
        'The mail server can be reached',
        'The connection is encrypted and the certificate can be trusted',
        'The authority issues an access token',
        'The mail server lets us in to the mailbox',
        'The folders are there and can be read',
      ],
    );
  });

  await t.test('a webhook is added; mail that arrives is delivered there and seen at once', async () => {
    await page.goto('/destinations/new');
    await page.getByLabel('Name', { exact: true }).fill('Tickets');
    await page.getByLabel('URL', { exact: true }).fill(receiver.url);
    await page.getByRole('button', { name: 'Save destination' }).click();
    receiver.trust(await read(page.locator('.secret code')));

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
    await page.getByRole('link', { name: 'Support' }).click();
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
