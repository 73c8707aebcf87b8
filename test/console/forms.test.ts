import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../src/model/problem.ts';
import { openBrowser, openPage, openPageSignedIn } from './browser.ts';
import { openConsole, openSignedIn, password } from './fixtures.ts';

test('the first visit sets the password with the printed token, and signing out ends the session', async (t) => {
  const [browser, opened] = await Promise.all([openBrowser(t), openConsole(t, 'fresh')]);
  const { page } = await openPage(browser, { baseURL: opened.origin, javaScriptEnabled: false });
  await page.goto('/servers');
  assert.equal(new URL(page.url()).pathname, '/set-up');

  const fill = async (token: string, repeated: string) => {
    await page.getByLabel('Set-up token').fill(token);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByLabel('Password again').fill(repeated);
    await page.getByRole('button', { name: 'Set password and sign in' }).click();
  };
  await fill('guessed', 'something else');
  assert.match(
    (await page.getByRole('alert').textContent()) ?? '',
    /Set-up token.*printed at its latest start.*Password again.*the same password as above/s,
  );
  await fill('guessed', password);
  assert.match(
    (await page.getByRole('alert').textContent()) ?? '',
    /Set-up token.*printed at its latest start/s,
  );
  assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), '');
  const token = (await opened.setUpToken()) ?? '';
  await fill(token, 'something else');
  assert.match((await page.getByRole('alert').textContent()) ?? '', /the same password as above/);
  await fill(token, password);
  assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Overview');
  assert.ok(await page.getByText('From here to the first mail').isVisible());

  const cookie = (await page.context().cookies()).find(({ name }) => name === '__Host-letterbox');
  await page.locator('.side').getByRole('button', { name: 'Sign out' }).click();
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  assert.equal(await opened.administration.signIn.verify(cookie?.value ?? ''), false);
  // What is left opens nothing: it only tells the next sign-in that this browser did it before.
  assert.deepEqual(
    (await page.context().cookies()).map(({ name }) => name),
    ['__Host-letterbox-device'],
  );
});

test('signing in leads to the page that was asked for, and never to another site', async (t) => {
  const [browser, opened] = await Promise.all([openBrowser(t), openSignedIn(t, 'lively')]);
  const { page } = await openPage(browser, { baseURL: opened.origin, javaScriptEnabled: false });
  const signIn = async (given: string) => {
    await page.getByLabel('Password').fill(given);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  await page.goto('/messages?q=Invoice');
  await signIn('a wrong password');
  assert.match((await page.getByRole('alert').textContent()) ?? '', /The password is wrong/);
  await signIn(password);
  assert.equal(page.url(), `${opened.origin}/messages?q=Invoice`);

  for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example', '/%09/evil.example']) {
    await page.context().clearCookies();
    await page.goto(`/sign-in?next=${encodeURIComponent(decodeURIComponent(next))}`);
    await signIn(password);
    assert.equal(page.url(), `${opened.origin}/`, next);
  }
});

test('wrong input brings the form back: each field named, values kept, secrets not, the focus on what is wrong', async (t) => {
  const [browser, opened] = await Promise.all([openBrowser(t), openSignedIn(t, 'lively')]);
  for (const javaScriptEnabled of [true, false]) {
    const { page } = await openPageSignedIn(browser, opened, { javaScriptEnabled });
    await page.goto('/profiles/new');
    await page.getByLabel('Name', { exact: true }).fill('Contoso');
    await page.getByLabel('Directory (tenant) ID').fill('contoso.example');
    await page.getByLabel('Application (client) ID').fill(' ');
    await page.getByRole('textbox', { name: 'Client secret' }).fill('s3cret~value');
    await page.getByText('Scopes and cloud').click();
    await page.getByLabel('Scopes').fill('one "two"');
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.request().method() === 'POST'),
      page.getByRole('button', { name: 'Save profile' }).click(),
    ]);
    assert.equal(answer.status(), 422);

    const summary = page.locator('.error-summary');
    assert.equal(await summary.evaluate((element) => element === element.ownerDocument.activeElement), true);
    await summary.getByRole('link', { name: 'Application (client) ID' }).click();
    const clientId = page.getByLabel('Application (client) ID');
    assert.equal(await clientId.getAttribute('aria-invalid'), 'true');
    const description = (await clientId.getAttribute('aria-describedby'))?.split(' ').at(-1);
    assert.match((await page.locator(`#${description}`).textContent()) ?? '', /^Fill this in\.$/);
    assert.equal(await page.getByLabel('Scopes').getAttribute('aria-invalid'), 'true');
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Contoso');
    assert.equal(await page.getByLabel('Scopes').inputValue(), 'one "two"');
    assert.equal(await page.getByRole('textbox', { name: 'Client secret' }).inputValue(), '');
    assert.ok(!(await page.content()).includes('s3cret~value'));
  }
});

test('only the fields that the choices need are shown, also without scripts', async (t) => {
  const [browser, opened] = await Promise.all([openBrowser(t), openSignedIn(t, 'lively')]);
  const { page } = await openPageSignedIn(browser, opened, { javaScriptEnabled: false });
  const shown = (label: string) => page.getByLabel(label, { exact: true }).isVisible();
  await page.goto('/profiles/new');
  assert.deepEqual(
    [
      await shown('Directory (tenant) ID'),
      await shown('Issuer'),
      await shown('OAuth 2.0 token endpoint (v2)'),
    ],
    [true, false, false],
  );
  await page.getByText('Another provider').click();
  assert.deepEqual(
    [
      await shown('Directory (tenant) ID'),
      await shown('Issuer'),
      await shown('OAuth 2.0 token endpoint (v2)'),
    ],
    [false, true, false],
  );
  await page.getByText('Given by their URLs').click();
  assert.deepEqual(
    [
      await shown('Issuer'),
      await shown('OAuth 2.0 token endpoint (v2)'),
      await shown('OAuth 2.0 authorization endpoint (v2)'),
    ],
    [false, true, true],
  );
  await page.getByText('Client credentials').click();
  assert.deepEqual(
    [await shown('OAuth 2.0 token endpoint (v2)'), await shown('OAuth 2.0 authorization endpoint (v2)')],
    [true, false],
  );

  await page.goto('/servers/new');
  assert.equal(await shown('Folder to move to'), false);
  await page.getByText('Move it to a folder').click();
  assert.equal(await page.getByLabel('Folder to move to').isVisible(), true);
});

test('a signing secret is shown once, right after it was made', async (t) => {
  const [browser, opened] = await Promise.all([openBrowser(t), openSignedIn(t, 'lively')]);
  const { page } = await openPageSignedIn(browser, opened, {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await page.goto('/destinations/new');
  await page.getByLabel('Name', { exact: true }).fill('CRM');
  await page.getByLabel('URL', { exact: true }).fill('https://crm.contoso.example/hook');
  await page.getByRole('button', { name: 'Save destination' }).click();
  const secret = page.locator('.secret code');
  assert.match((await secret.textContent()) ?? '', /^whsec_/);
  await page.getByRole('button', { name: 'Copy signing secret' }).click();
  await page.getByRole('button', { name: 'Copied signing secret' }).waitFor();
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), await secret.textContent());
  await page.reload();
  assert.equal(await secret.count(), 0);
});

test('what would be there twice is asked about in the form, and saved only with the tick', async (t) => {
  const [browser, opened] = await Promise.all([openBrowser(t), openSignedIn(t, 'lively')]);
  const { servers } = opened.administration;
  const { create } = servers;
  const asked: unknown[] = [];
  servers.create = async (input) => {
    const { duplicate, ...rest } = input as Record<string, unknown>;
    asked.push(duplicate);
    if (duplicate === 'allow') return create(rest);
    const expected = 'The server Support reads INBOX of this mailbox already: each mail would come in twice';
    throw new Problem({
      code: 'record.duplicate',
      kind: 'conflict',
      title: 'There is a server like this already',
      remedy: 'Say whether it is meant.',
      fields: [{ field: 'duplicate', expected }],
    });
  };
  const { page } = await openPageSignedIn(browser, opened, { javaScriptEnabled: false });
  await page.goto('/servers/new');
  const tick = page.getByLabel('Save it all the same');
  assert.equal(await tick.count(), 0, 'it is asked only where it matters');
  await page.getByLabel('Name', { exact: true }).fill('Second');
  await page.getByLabel('Mailbox address').fill('support@contoso.example');
  await page.getByLabel('Credential profile').selectOption('prf_contoso');
  await page.getByRole('button', { name: 'Save and start' }).click();
  const said = (await page.getByRole('alert').textContent()) ?? '';
  assert.match(said, /The server Support reads INBOX.*tick “Save it all the same”/s);
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Second');
  await tick.check();
  await page.getByRole('button', { name: 'Save and start' }).click();
  await page.getByRole('status').waitFor();
  assert.deepEqual(asked, [undefined, 'allow']);
});
