import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { createBrowser } from '../../lab/browser.ts';
import { makeMail } from '../../lab/mail.ts';
import {
  answerConsent,
  type ConsoleWorld,
  openStranger,
  read,
  readProblem,
  setUpPassword,
  signIn,
  startConsole,
} from './console.ts';
import { mailbox, until } from './world.ts';

const tokenSeconds = 2;

/** A profile of its own, entered but not connected, and the page of it. */
async function enterProfile({ letterbox, authority, register }: ConsoleWorld, name: string) {
  const app = register();
  const { id } = await letterbox.administration.profiles.create({
    name,
    provider: 'microsoft',
    authorizationUrl: authority.authorizationUrl,
    tokenUrl: authority.tokenUrl,
    clientId: app.clientId,
    clientSecret: app.clientSecret,
    signInName: mailbox,
  });
  return { ...app, id, path: `/profiles/${id}`, state: () => letterbox.administration.profiles.get(id) };
}

/** Presses Connect or Reconnect, and stands before the authority's sign-in page then. */
async function connect(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page
    .getByRole('link', { name: /^(Rec|C)onnect$/ })
    .first()
    .click();
  await page.getByLabel('Account').waitFor();
}

test('a consent that goes wrong saves nothing, says why, and leads back to Connect', async (t) => {
  const world = await startConsole(t);
  const { authority, browser, url } = world;
  const { page, complaints } = await openStranger(browser, url);
  await setUpPassword(page, world.setUpToken);
  const callbacks: string[] = [];
  page.on('request', (request) => {
    if (request.url().startsWith(`${url}/oauth/callback`)) callbacks.push(request.url());
  });

  await t.test('the ID of a secret is refused where its value is asked for', async () => {
    const { path } = await enterProfile(world, 'Pasted');
    await page.goto(path);
    await page.getByRole('link', { name: 'Replace secret' }).click();
    await page.getByLabel('Client secret').fill(randomUUID());
    await page.getByRole('button', { name: 'Replace secret' }).click();
    assert.match(await read(page.getByRole('alert')), /Client secret: .*Value.*Secret ID/);
  });

  await t.test('declined at the authority: AADSTS65004, and what an administrator can do', async () => {
    const { path, state } = await enterProfile(world, 'Declined');
    await connect(page, path);
    await answerConsent(page, 'Cancel');
    assert.match(await readProblem(page), /declined.*AADSTS65004.*What to do.*Connect.*oauth\.AADSTS65004/);
    assert.equal((await state()).connectedAt, null);
  });

  await t.test('another account than the mailbox’s: both are named, and Connect mends it', async () => {
    const { path, state } = await enterProfile(world, 'Other account');
    await connect(page, path);
    await answerConsent(page, 'Accept', 'admin@contoso.example');
    assert.match(
      await readProblem(page),
      /expected support@contoso\.example, but admin@contoso\.example signed in/,
    );
    assert.deepEqual([(await state()).account, (await state()).connectedAt], [null, null]);

    await page.getByRole('link', { name: 'Connect', exact: true }).click();
    await answerConsent(page, 'Accept');
    assert.match(await read(page.getByRole('status')), /^Connected\./);
    assert.equal((await state()).account?.username, mailbox);
  });

  await t.test('an altered state is not taken, and does no harm to the consent under way', async () => {
    const { path } = await enterProfile(world, 'Altered');
    await connect(page, path);
    const stray = await page.context().newPage();
    await stray.goto('/oauth/callback?code=stolen&state=altered');
    assert.match(await readProblem(stray), /Letterbox does not know this sign-in.*press Connect again/);
    await stray.close();
    await answerConsent(page, 'Accept');
    assert.match(await read(page.getByRole('status')), /^Connected\./);
  });

  await t.test('going back, reloading and opening the answer again are harmless', async () => {
    const { path, state } = await enterProfile(world, 'Twice');
    await connect(page, path);
    await answerConsent(page, 'Accept');
    await page.getByRole('status').waitFor();
    const { connectedAt } = await state();
    const redeemed = authority.requests.length;
    await page.goto(callbacks.at(-1) ?? '');
    assert.match(await read(page.getByRole('status')), /^Connected\./);
    await page.reload();
    await page.goBack();
    assert.equal((await state()).connectedAt, connectedAt);
    assert.equal((await state()).state, 'connected');
    assert.equal(authority.requests.length, redeemed, 'the code was redeemed once');
  });

  await t.test('the answer is of use to nobody in another browser', async () => {
    const { path, state } = await enterProfile(world, 'Elsewhere');
    const begun = await page.request.get(`${path}/connect`, {
      maxRedirects: 0,
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    const answer = String(await createBrowser().consent(new URL(begun.headers().location ?? ''), mailbox));

    const { page: stranger } = await openStranger(browser, url);
    await stranger.goto(answer);
    assert.match(await read(stranger.locator('main')), /came back to a browser without a session/);
    await signIn(stranger);
    await stranger.goto(answer);
    assert.match(await readProblem(stranger), /This browser did not ask for this consent/);
    await stranger.context().close();
    assert.equal((await state()).connectedAt, null);
    await page.goto(answer);
    assert.match(await read(page.getByRole('status')), /^Connected\./);
  });

  await t.test('a secret that has expired: AADSTS7000222, and where to put the new one', async () => {
    const { path, state } = await enterProfile(world, 'Expired');
    authority.faults.secretExpired = true;
    await connect(page, path);
    await answerConsent(page, 'Accept');
    assert.match(await readProblem(page), /secret has expired.*AADSTS7000222.*Replace secret/);
    authority.faults.secretExpired = false;
    assert.equal((await state()).connectedAt, null);
  });

  assert.deepEqual(complaints, []);
});

test('what breaks later is red on the overview, and mended in the console with nothing lost or doubled', async (t) => {
  const world = await startConsole(t);
  const { authority, dovecot, receiver, letterbox, browser, url } = world;
  const { page } = await openStranger(browser, url);
  await setUpPassword(page, world.setUpToken);
  const { administration } = letterbox;
  const profile = await enterProfile(world, 'Contoso');
  authority.faults.accessTokenSeconds = tokenSeconds;
  await connect(page, profile.path);
  await answerConsent(page, 'Accept');
  const { signingSecret } = await administration.destinations.create({ name: 'Tickets', url: receiver.url });
  receiver.trust(signingSecret);
  const server = await administration.servers.create({
    name: 'Support',
    address: mailbox,
    host: dovecot.host,
    port: dovecot.imapsPort,
    profileId: profile.id,
    startFrom: 'everything',
  });
  let mails = 0;
  const deliver = () => dovecot.deliver(mailbox, makeMail(mails++));
  /** Everything that came was delivered, each once. */
  const arrived = async () => {
    await until('all is delivered', () => receiver.requests.length >= mails);
    const ids = receiver.requests.map(({ body }) => JSON.parse(body).data.id);
    assert.deepEqual([new Set(ids).size, ids.length], [mails, mails]);
  };
  /** While no token is given: once the one of before has run out, a session that ends stays ended. */
  const untilFailing = async () => {
    await sleep(tokenSeconds * 1000);
    dovecot.killSessions();
    await until('the server is failing', async () =>
      /consent-needed|AADSTS/.test((await administration.servers.get(server.id)).state.problem?.code ?? ''),
    );
  };
  const notice = (title: string) => page.locator('.notice-error', { hasText: title }).first();

  await t.test('a secret that expires is replaced, and fetching goes on from where it stopped', async () => {
    await deliver();
    await arrived();
    await page.goto('/');
    authority.faults.secretExpired = true;
    await untilFailing();
    await deliver();
    const expired = notice('Contoso: The client secret has expired');
    await expired.waitFor();
    assert.match(await read(expired), /What to do:.*Replace secret/);

    await expired.getByRole('link', { name: 'Open' }).click();
    await page.getByRole('link', { name: 'Replace secret' }).first().click();
    const renewed = 'lab~a secret made anew';
    authority.app(profile.clientId).secrets = [renewed];
    await page.getByLabel('Client secret').fill(renewed);
    authority.faults.secretExpired = false;
    await page.getByRole('button', { name: 'Replace secret' }).click();
    await arrived();
    await page.goto('/');
    await page.getByText('Nothing needs you.').waitFor();
  });

  await t.test('a consent that is revoked turns everything red, and Reconnect mends it', async () => {
    authority.revokeConsents();
    await untilFailing();
    await deliver();
    const revoked = notice('Contoso: ');
    await revoked.waitFor();
    assert.match(await read(revoked), /revoked.*Needed by Support\..*What to do:.*Reconnect/);
    await until('it is told once', async () => (await page.locator('.notice').count()) === 1);
    await revoked.getByRole('link', { name: 'Open' }).click();
    assert.match(await read(page.locator('.lead')), /Consent needed/);
    await page.getByRole('link', { name: 'Reconnect' }).first().click();
    await answerConsent(page, 'Accept');
    await arrived();
    await page.goto('/');
    await page.getByText('Nothing needs you.').waitFor();
  });
});
