import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Letterbox } from '../../src/app.ts';
import type { StandingStep } from '../../src/setup/guide/index.ts';
import { mailbox, startWorld, until, type World } from '../end-to-end/world.ts';

/** Each step with how it stands. */
async function standing({ administration }: Letterbox, id: string): Promise<Record<string, string>> {
  const steps = await administration.guide.steps(id);
  return Object.fromEntries(steps.map(({ name, state }) => [name, state]));
}

function stepIn(steps: StandingStep[], name: string): StandingStep {
  const step = steps.find((one) => one.name === name);
  assert.ok(step, name);
  return step;
}

async function begun(world: World, fields: object = {}) {
  const letterbox = await world.open({ publicUrl: 'https://letterbox.contoso.example' });
  await letterbox.start();
  const { administration } = letterbox;
  const guide = await administration.guide.begin({ name: 'Support', address: mailbox, ...fields });
  return { letterbox, administration, guide };
}

async function withProfile(world: World, secret: 'right' | 'wrong', roles?: string[]) {
  const { letterbox, administration, guide } = await begun(world, { grant: 'client_credentials' });
  const client = world.authority.register({ appOnly: true, upn: mailbox, ...(roles && { roles }) });
  const profile = await administration.profiles.create({
    name: 'Support',
    grant: 'client_credentials',
    uses: ['imap'],
    authorizationUrl: world.authority.authorizationUrl,
    tokenUrl: world.authority.tokenUrl,
    clientId: client.clientId,
    clientSecret: secret === 'right' ? client.clientSecret : 'somebody-elses~secret-that-is-wrong-0000000',
  });
  await administration.guide.made(guide.id, { profileId: profile.id });
  return { letterbox, administration, guide, profile };
}

test('an app by itself, from nothing to the first mail: each step is done when a look says so, and not before', async (t) => {
  const world = await startWorld(t);
  const { letterbox, administration, guide, profile } = await withProfile(world, 'right');
  assert.deepEqual(await standing(letterbox, guide.id), {
    prerequisites: 'wrong',
    registration: 'done',
    credentials: 'done',
    permissions: 'done',
    mailbox: 'not-yet',
    exchange: 'not-yet',
    destination: 'not-yet',
    'first-mail': 'not-yet',
  });
  const server = await administration.servers.create({
    name: 'Support',
    address: mailbox,
    host: world.dovecot.host,
    port: world.dovecot.imapsPort,
    profileId: profile.id,
    startFrom: 'everything',
  });
  await administration.guide.made(guide.id, { serverId: server.id });
  const half = await standing(letterbox, guide.id);
  assert.deepEqual(
    [half.prerequisites, half.mailbox, half.exchange, half.destination],
    ['done', 'done', 'unseen', 'not-yet'],
  );
  await administration.destinations.create({ name: 'Tickets', kind: 'webhook', url: world.receiver.url });
  await world.dovecot.deliver(mailbox, Buffer.from('Subject: Hello\r\n\r\nGood day.\r\n'));
  await until('the mail is here', async () => (await letterbox.store.messages.count()) === 1);
  const whole = await standing(letterbox, guide.id);
  assert.deepEqual([whole.destination, whole['first-mail']], ['done', 'done']);
  assert.deepEqual(await standing(letterbox, server.id), whole, 'the health of the server is the same way');
});

test('a wrong secret is seen at the step where it is entered, with what mends it', async (t) => {
  const world = await startWorld(t);
  const { administration, guide } = await withProfile(world, 'wrong');
  const step = stepIn(await administration.guide.steps(guide.id), 'credentials');
  assert.deepEqual([step.state, step.problem?.code], ['wrong', 'oauth.AADSTS7000215']);
  assert.match(step.problem?.remedy ?? '', /Value/);
});

test('a permission that the token lacks is named at its step', async (t) => {
  const world = await startWorld(t);
  const { administration, guide } = await withProfile(world, 'right', ['Mail.Read']);
  const step = stepIn(await administration.guide.steps(guide.id), 'permissions');
  assert.deepEqual([step.state, step.detail], ['wrong', 'Missing from the token: IMAP.AccessAsApp']);
});

test('with a person’s consent: the app and its redirect URI are tried before anybody signs in', async (t) => {
  const world = await startWorld(t);
  const { administration, guide } = await begun(world);
  const { redirectUri } = administration.consent;
  for (const [redirectUris, state, code] of [
    [[redirectUri], 'done', undefined],
    [['https://elsewhere.example/oauth/callback'], 'wrong', 'oauth.AADSTS50011'],
  ] as const) {
    const client = world.authority.register({ redirectUris: [...redirectUris] });
    const profile = await administration.profiles.create({
      name: `Support ${state}`,
      uses: ['imap'],
      authorizationUrl: world.authority.authorizationUrl,
      tokenUrl: world.authority.tokenUrl,
      clientId: client.clientId,
      clientSecret: client.clientSecret,
    });
    await administration.guide.made(guide.id, { profileId: profile.id });
    const steps = await administration.guide.steps(guide.id);
    const step = stepIn(steps, 'registration');
    assert.deepEqual([step.state, step.problem?.code], [state, code]);
    assert.equal(stepIn(steps, 'connect').state, 'not-yet');
    assert.ok(
      step.instructions.some((one) => one.kind === 'value' && one.value === redirectUri),
      'the redirect URI is there to be taken along',
    );
  }
});

test('a guide that was begun is kept through a restart, and goes alone when it is removed', async (t) => {
  const world = await startWorld(t);
  const { letterbox, guide } = await begun(world);
  await letterbox.close();
  const again = await world.open();
  assert.deepEqual(await again.administration.guide.list(), [guide]);
  await again.administration.guide.remove(guide.id);
  assert.deepEqual(await again.administration.guide.list(), []);
});

test('every wrong answer at the beginning is named at once', async (t) => {
  const world = await startWorld(t);
  const { administration } = await world.open();
  await assert.rejects(
    administration.guide.begin({ address: 'nobody', protocol: 'smoke' }),
    (problem: { fields: { field: string }[] }) => {
      assert.deepEqual(problem.fields.map(({ field }) => field).toSorted(), ['address', 'name', 'protocol']);
      return true;
    },
  );
});
