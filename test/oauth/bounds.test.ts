import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { json, startScriptedAuthority } from './scripted-authority.ts';
import { problemOf, session, startWorld } from './world.ts';

/** What an authority says that would have Letterbox wait for ever, never, or send people astray. */

const minutes = 60_000;
const code = {
  device_code: 'device-secret-code',
  user_code: 'ABCD-EFGH',
  verification_uri: 'https://authority.example/device',
  expires_in: 900,
  interval: 300,
};

async function startDevice(t: TestContext) {
  const world = await startWorld(t);
  const authority = await startScriptedAuthority(t, world.certificates);
  const { id } = await world.profiles.create({
    provider: 'custom',
    name: 'Device',
    clientId: 'letterbox',
    clientAuthentication: 'none',
    grant: 'device_code',
    tokenUrl: authority.tokenUrl,
    deviceAuthorizationUrl: authority.tokenUrl.replace('/token', '/device'),
  });
  return { ...world, ...authority, id };
}

test('the lifetime of a device code is bounded, whatever the authority says', async (t) => {
  const world = await startDevice(t);
  const lifetimes: [given: unknown, seconds: number][] = [
    [900, 900],
    ['600', 600],
    [1e16, 24 * 3600],
    [1e300, 24 * 3600],
    ['1e300', 900],
    [-5, 900],
    [0, 900],
    ['NaN', 900],
    [null, 900],
    ['', 900],
    [undefined, 900],
    [[600], 900],
    [true, 900],
  ];
  for (const [expires_in, seconds] of lifetimes) {
    world.answers.splice(0, Infinity, json(200, { ...code, expires_in }));
    const shown = await world.deviceCode.begin(world.id);
    assert.equal(
      (Date.parse(shown.expiresAt) - Date.parse(shown.createdAt)) / 1000,
      seconds,
      `${expires_in}`,
    );
    await world.deviceCode.cancel(world.id);
  }
});

test('no interval makes polls come at once or without end', async (t) => {
  const world = await startDevice(t);
  for (const interval of [3_000_000, 1e300, -1, 0, '0', 'soon', null, '', [], {}, true, '5']) {
    world.asked.length = 0;
    world.answers.splice(0, Infinity, json(200, { ...code, interval }));
    await world.deviceCode.begin(world.id);
    await new Promise((resolve) => setTimeout(resolve, 30));
    // Overflowing timers fire at once
    assert.equal(world.asked.length, 1, `${JSON.stringify(interval)}: only the code was asked for`);
    await world.deviceCode.cancel(world.id);
  }
});

test('a code that nobody could type, or an address that is none of the web, is refused by its name', async (t) => {
  const world = await startDevice(t);
  const wrong: [member: string, value: unknown][] = [
    ['verification_uri', 'javascript:alert(1)'],
    ['verification_uri', 'http://authority.example/device'],
    ['verification_uri', 'data:text/html,x'],
    ['verification_uri', 'authority.example/device'],
    ['verification_uri', null],
    ['verification_uri', ['https://authority.example/']],
    ['user_code', ''],
    ['user_code', 'A\u0007B'],
    ['user_code', 'x'.repeat(5000)],
    ['user_code', 7],
    ['device_code', null],
    ['device_code', ''],
  ];
  for (const [member, value] of wrong) {
    world.answers.splice(0, Infinity, json(200, { ...code, [member]: value }));
    const problem = await problemOf(world.deviceCode.begin(world.id));
    assert.equal(problem.code, 'oauth.answer-invalid', `${member} ${value}`);
    assert.match(problem.detail ?? '', new RegExp(member));
    assert.doesNotMatch(JSON.stringify(problem), /device-secret-code/);
  }
});

test('an authority that describes itself with other addresses than https is refused, before anybody is sent there', async (t) => {
  const world = await startWorld(t);
  const authority = await startScriptedAuthority(t, world.certificates);
  const issuer = new URL(authority.tokenUrl).origin;
  const good = { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` };
  const endpoints = ['authorization_endpoint', 'token_endpoint', 'device_authorization_endpoint'];
  const addresses = [
    'javascript:alert(1)',
    'http://authority.example/',
    'data:text/html,x',
    '',
    'x',
    null,
    5,
    [],
  ];
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  let n = 0;
  for (const endpoint of endpoints)
    for (const address of addresses) {
      const { id } = await world.profiles.create({
        provider: 'custom',
        name: `Discovered ${n++}`,
        clientId: 'letterbox',
        clientSecret: 'secret',
        issuer,
      });
      authority.answers.splice(0, Infinity, json(200, { ...good, [endpoint]: address }));
      const problem = await problemOf(world.consent.begin(id, session));
      assert.equal(problem.code, 'oauth.metadata-endpoint', `${endpoint} ${address}`);
      assert.match(problem.detail ?? '', new RegExp(endpoint));
      t.mock.timers.tick(61 * minutes);
    }
});

test('what an authority said of itself serves while it says nothing better', async (t) => {
  const world = await startWorld(t);
  const authority = await startScriptedAuthority(t, world.certificates);
  const issuer = new URL(authority.tokenUrl).origin;
  const good = { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` };
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const input = { provider: 'custom', name: 'Stale', clientId: 'letterbox', clientSecret: 'secret', issuer };
  const { id } = await world.profiles.create(input);
  authority.answers.push((response) => response.writeHead(200).end('<html>'));
  const passing = await problemOf(world.consent.begin(id, session));
  assert.deepEqual([passing.code, passing.retry], ['oauth.metadata', 'later']);
  authority.answers.splice(0, Infinity, json(200, good));
  await world.consent.begin(id, session);
  t.mock.timers.tick(61 * minutes);
  authority.answers.splice(0, Infinity, (response) => response.writeHead(503).end());
  assert.ok(await world.consent.begin(id, session));
});
