import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { SignJWT } from 'jose';
import { createBrowser } from '../../lab/browser.ts';
import {
  askByItself,
  askForToken,
  codeOf,
  connect,
  exchangeDefault,
  graphScope,
  imapScope,
  redirectUri,
  refresh,
  signIn,
} from './authority-client.ts';
import { startAuthorityWorld } from './authority-world.ts';
import { makeClientCertificate } from './client-certificate.ts';

const account = 'support@contoso.example';
const exchange = ['https://outlook.office.com', 'https://outlook.office365.com'];
const minutes = 60_000;
const days = 24 * 60 * minutes;

/** An app with people, one person connected to it; and an app by itself. */
async function startTenant(t: TestContext) {
  const { authority } = await startAuthorityWorld(t);
  const { organisation } = authority;
  const client = authority.register({ redirectUris: [redirectUri] });
  const itself = authority.register({ appOnly: true });
  const tokens = await connect(authority, client, account);
  return {
    authority,
    organisation,
    app: authority.app(client.clientId),
    person: organisation.person(account),
    byItself: authority.app(itself.clientId),
    refresh: async (scope?: string) => codeOf(await refresh(authority, client, tokens, scope)),
    askByItself: async () => codeOf(await askByItself(authority, itself)),
    signIn: () => signIn(authority, client, account),
    connect: async () => codeOf(await connect(authority, client, account)),
  };
}

const onPage = (code: number) => new RegExp(`AADSTS${code}`);

test('a secret works until its end; another one works beside it', async (t) => {
  const { authority } = await startTenant(t);
  const client = authority.register({ appOnly: true, clientSecret: 'the~first' });
  const app = authority.app(client.clientId);
  const ask = async (clientSecret: string) =>
    codeOf(await askByItself(authority, { ...client, clientSecret }));
  app.secretEnds.set('the~first', new Date(Date.now() + days));
  assert.equal(await ask('the~first'), null);
  app.secretEnds.set('the~first', new Date(Date.now() - days));
  app.secrets.push('the~second');
  assert.deepEqual(
    [await ask('the~first'), await ask('the~second'), await ask('none')],
    [7000222, null, 7000215],
  );
});

test('an app is disabled, without a service principal, deleted, or wants those assigned who use it', async (t) => {
  const { authority, app, byItself, refresh, askByItself, signIn } = await startTenant(t);
  app.enabled = byItself.enabled = false;
  assert.deepEqual([await refresh(), await askByItself()], [7000112, 7000112]);
  assert.match(JSON.stringify(await signIn()), onPage(7000112));
  app.enabled = byItself.enabled = true;

  app.hasPrincipal = byItself.hasPrincipal = false;
  assert.deepEqual([await refresh(), await askByItself()], [7000229, 7000229]);
  app.hasPrincipal = byItself.hasPrincipal = true;

  app.assigned = new Set(['another@contoso.example']);
  byItself.assigned = new Set();
  assert.deepEqual([await refresh(), await askByItself()], [50105, 501051]);
  assert.match(JSON.stringify(await signIn()), onPage(50105));
  app.assigned.add(account);
  byItself.assigned.add(byItself.clientId);
  assert.deepEqual([await refresh(), await askByItself()], [null, null]);

  authority.forget(app.clientId);
  assert.equal(await refresh(), 700016);
});

test('an account is disabled, locked, deleted or its password has expired: nobody signs in nor stays signed in', async (t) => {
  const { person, refresh, signIn } = await startTenant(t);
  const states: [change: Partial<typeof person>, code: number][] = [
    [{ enabled: false }, 50057],
    [{ locked: true }, 50053],
    [{ passwordExpired: true }, 50055],
    [{ deleted: true }, 50034],
  ];
  const good = { ...person };
  for (const [change, code] of states) {
    Object.assign(person, good, change);
    assert.equal(await refresh(), code);
    assert.match(JSON.stringify(await signIn()), onPage(code));
  }
  Object.assign(person, good);
  assert.equal(await refresh(), null);
});

test('policies block, ask for a second factor, for a device, or for a sign-in that is not old', async (t) => {
  const { authority, organisation, byItself, refresh, askByItself, signIn, connect, person } =
    await startTenant(t);
  const { policies } = organisation;
  policies.push({ name: 'Block legacy mail', resources: exchange, control: 'block' });
  assert.equal(await refresh(), 53003);
  assert.equal(await refresh(graphScope), null, 'it is for one resource');
  assert.equal(await askByItself(), null, 'it is for people');
  assert.match(JSON.stringify(await signIn()), onPage(53003));

  policies[0] = { name: 'Second factor for all', control: 'second factor' };
  person.hasSecondFactor = false;
  assert.match(JSON.stringify(await signIn()), onPage(50079));
  person.hasSecondFactor = true;
  for (const signedIn of organisation.signIns.values()) signedIn.secondFactor = false;
  assert.equal(await refresh(), 50076, 'signed in before it was asked for');
  assert.equal(await connect(), null);

  policies[0] = { name: 'Own devices', people: [account.toUpperCase()], control: 'compliant device' };
  assert.equal(await refresh(), 53000);
  policies[0] = { name: 'Sign in daily', control: { signInHours: 24 } };
  assert.equal(await refresh(), null);
  authority.letDaysPass(2);
  assert.equal(await refresh(), 70043);

  policies[0] = { name: 'Workloads', apps: [byItself.clientId], control: 'block' };
  assert.deepEqual([await askByItself(), await refresh()], [53003, null]);
});

test('tokens go with a session that was revoked and with consent that was withdrawn', async (t) => {
  const { authority, app, refresh, connect } = await startTenant(t);
  app.withdrawn.add(imapScope);
  assert.equal(await refresh(), 65001);
  assert.equal(await connect(), null, 'whoever consents anew has it again');
  assert.equal(await refresh(), null);

  authority.revokeSessions('another@contoso.example');
  assert.equal(await refresh(), null);
  authority.revokeSessions(account);
  assert.equal(await refresh(), 50173);
  assert.equal(await connect(), null);
});

test('a refresh token that nobody used for 90 days is dead, one of a page in a browser after a day', async (t) => {
  const { authority, app, refresh } = await startTenant(t);
  authority.letDaysPass(80);
  assert.equal(await refresh(), null);
  app.platform = 'spa';
  assert.equal(await refresh(), 700084);
  app.platform = 'web';
  authority.letDaysPass(11);
  assert.equal(await refresh(), 700082);
});

test('codes of a single-page app are redeemed by pages only', async (t) => {
  const { app, connect } = await startTenant(t);
  app.platform = 'spa';
  assert.equal(await connect(), 9002327);
});

test('a tenant without Exchange Online, or whose subscription lapsed, gives no token for it', async (t) => {
  const { organisation, refresh, askByItself, signIn } = await startTenant(t);
  organisation.exchangeOnline = 'never';
  assert.deepEqual([await refresh(), await askByItself()], [500011, 500011]);
  assert.match(JSON.stringify(await signIn()), onPage(650052));
  organisation.exchangeOnline = 'lapsed';
  assert.deepEqual([await refresh(), await askByItself()], [500014, 500014]);
});

test('redirect URIs are those that are registered now', async (t) => {
  const { app, signIn } = await startTenant(t);
  app.redirectUris = ['https://letterbox.example/another'];
  assert.match(JSON.stringify(await signIn()), onPage(50011));
  app.redirectUris = [];
  assert.match(JSON.stringify(await signIn()), onPage(500113));
});

test('a certificate is known, unknown or expired, and an assertion good for a time by the authority’s clock', async (t) => {
  const { authority, organisation } = await startTenant(t);
  const { clientId } = authority.register({ appOnly: true });
  const app = authority.app(clientId);
  const own = await makeClientCertificate(new Date(Date.now() + days));
  const old = await makeClientCertificate(new Date(Date.now() - days));
  const ask = async ({ key, thumbprint }: typeof own) => {
    const seconds = Math.floor(Date.now() / 1000);
    const client_assertion = await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'RS256', 'x5t#S256': thumbprint })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(authority.tokenUrl)
      .setNotBefore(seconds)
      .setExpirationTime(seconds + 300)
      .sign(key);
    const { error_codes, error_description } = await askForToken(authority, {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion,
      scope: exchangeDefault,
    });
    return [error_codes?.[0], /\[Reason - (.*)\]/.exec(error_description ?? '')?.[1]];
  };
  assert.deepEqual(await ask(own), [700027, 'The key was not found.']);
  app.certificates.push(own.certificate, old.certificate);
  assert.deepEqual(await ask(own), [undefined, undefined]);
  assert.deepEqual(await ask(old), [700027, 'The key used is expired.']);
  organisation.clockAheadMs = 60 * minutes;
  assert.deepEqual(await ask(own), [700024, undefined]);
  organisation.clockAheadMs = -60 * minutes;
  assert.deepEqual(await ask(own), [700024, undefined]);
});

test('the authority tells its time, and may be hours from this machine’s', async (t) => {
  const { authority, organisation } = await startTenant(t);
  const told = async () => {
    const response = await fetch(`${authority.issuer}/.well-known/openid-configuration`);
    await response.body?.cancel();
    return Date.parse(response.headers.get('date') ?? '') - Date.now();
  };
  assert.ok(Math.abs(await told()) < minutes);
  organisation.clockAheadMs = -3 * 60 * minutes;
  assert.ok(Math.abs((await told()) + 3 * 60 * minutes) < minutes);
});

test('a gateway that knows no JSON answers in the place of the authority, so many times', async (t) => {
  const { authority, askByItself } = await startTenant(t);
  authority.faults.badGateway = 1;
  const response = await fetch(authority.tokenUrl, { method: 'POST', body: new URLSearchParams({ a: 'b' }) });
  assert.deepEqual(
    [response.status, response.headers.get('content-type')],
    [502, 'text/html; charset=utf-8'],
  );
  await response.body?.cancel();
  assert.equal(await askByItself(), null);
});

test('device codes need public client flows, and a policy may block them alone', async (t) => {
  const { authority, organisation } = await startTenant(t);
  const { clientId } = authority.register({ publicClient: true });
  const begin = async () => {
    const body = new URLSearchParams({ client_id: clientId, scope: `${imapScope} offline_access` });
    const response = await fetch(authority.deviceAuthorizationUrl, { method: 'POST', body });
    return (await response.json()) as { device_code: string; user_code: string; verification_uri: string };
  };
  const poll = async (device_code: string) =>
    codeOf(await askForToken(authority, { grant_type: 'device_code', client_id: clientId, device_code }));
  const first = await begin();
  authority.app(clientId).publicClient = false;
  assert.equal(await poll(first.device_code), 7000218);
  authority.app(clientId).publicClient = true;

  organisation.policies.push({ name: 'No device codes', flow: 'device code', control: 'block' });
  const page = await createBrowser().enterCode(first.verification_uri, first.user_code, account);
  assert.match(page, onPage(53003));
  assert.equal(await poll(first.device_code), 70016, 'the device hears nothing of it');
  organisation.policies.pop();
  await createBrowser().enterCode(first.verification_uri, first.user_code, account);
  assert.equal(await poll(first.device_code), null);
});
