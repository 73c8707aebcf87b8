import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import type { Registration } from '../../lab/authority/apps.ts';
import { createBrowser } from '../../lab/browser.ts';
import { makeSelfSigned } from '../../src/oauth/client-auth/self-signed.ts';
import { startAuthorityWorld } from './authority-world.ts';
import { startPython } from './python.ts';

/**
 * The lab's authority against Microsoft's client library for Python, which writes its requests otherwise than the one
 * for Node: thumbprints with padding, assertions without `nbf`, authorization without PKCE.
 */
const redirectUri = 'https://letterbox.example/oauth/callback';
const account = 'support@contoso.example';
const imap = 'https://outlook.office.com/IMAP.AccessAsUser.All';
const mail = 'https://graph.microsoft.com/Mail.ReadWrite';
const asApp = 'https://outlook.office365.com/.default';

interface Answer extends Record<string, unknown> {
  access_token?: string;
  refresh_token?: string;
  error?: string;
  error_codes?: number[];
  suberror?: string;
}
interface Flow {
  auth_uri: string;
}
interface DeviceFlow {
  user_code: string;
  verification_uri: string;
}

async function start(t: TestContext, registration: Registration) {
  const world = await startAuthorityWorld(t);
  const { authority, certificates, after } = world;
  const { clientId, clientSecret } = authority.register(registration);
  const msal = startPython('msal_client.py', certificates.caFile);
  after(msal.stop);
  const create = (credential?: string | object) =>
    msal.call('create', {
      kind: credential === undefined ? 'public' : 'confidential',
      client_id: clientId,
      authority: `${authority.origin}/${authority.tenant}`,
      credential,
    });
  const byItself = async (credential: string | object) => {
    await create(credential);
    return msal.call<Answer>('acquire_token_for_client', { scopes: [asApp] });
  };
  return { ...world, clientId, clientSecret, msal, create, byItself };
}

/** Authorization code in a browser, with PKCE, state and nonce as the library has them. */
async function signIn({ msal, create, clientSecret }: Awaited<ReturnType<typeof start>>, scopes: string[]) {
  await create(clientSecret);
  const flow = await msal.call<Flow>('initiate_auth_code_flow', { scopes, redirect_uri: redirectUri });
  const callback = await createBrowser().consent(new URL(flow.auth_uri), account);
  return msal.call<Answer>('acquire_token_by_auth_code_flow', {
    auth_code_flow: flow,
    auth_response: Object.fromEntries(callback.searchParams),
    scopes: scopes.slice(0, 1),
  });
}

function claimsOf({ access_token }: Answer): Record<string, unknown> {
  return JSON.parse(Buffer.from(access_token?.split('.')[1] ?? '', 'base64url').toString());
}

test('MSAL for Python gets an app its own token by secret, which names no mailbox to Exchange', async (t) => {
  const { byItself, clientId, clientSecret } = await start(t, { appOnly: true, upn: account });
  const { aud, appid, idtyp, upn, sub, oid } = claimsOf(await byItself(clientSecret));
  assert.deepEqual([aud, appid, idtyp, upn], ['https://outlook.office365.com', clientId, 'app', undefined]);
  assert.ok(sub === oid && sub !== clientId, 'the subject is the service principal');
  assert.deepEqual((await byItself('wrong')).error_codes, [7000215]);
});

test('MSAL for Python gets an app its own token by certificate: padded thumbprint, no nbf', async (t) => {
  const { key: private_key, certificate } = await makeSelfSigned('letterbox');
  const { byItself, clientId, authority } = await start(t, { appOnly: true, certificate });
  const thumbprint = new X509Certificate(certificate).fingerprint.replaceAll(':', '');
  const answer = await byItself({ private_key, thumbprint });
  assert.deepEqual([claimsOf(answer).appid, authority.requests.at(-1)?.client], [clientId, 'certificate']);
  const other = await makeSelfSigned('another');
  const refused = await byItself({ private_key: other.key, thumbprint });
  assert.deepEqual([refused.error, refused.error_codes], ['invalid_client', [700027]]);
});

test('MSAL for Python signs a person in, refreshes, and gets a token for what else was consented to', async (t) => {
  const lab = await start(t, { redirectUris: [redirectUri] });
  const answer = await signIn(lab, [imap, mail]);
  assert.deepEqual([claimsOf(answer).upn, claimsOf(answer).scp], [account, 'IMAP.AccessAsUser.All']);
  assert.ok(String(answer.refresh_token).length > 1000, 'Entra’s refresh tokens are as long');
  const [known] = await lab.msal.call<object[]>('get_accounts', { username: account });
  assert.ok(known);
  const silent = (scopes: string[], force_refresh = false) =>
    lab.msal.call<Answer>('acquire_token_silent', { scopes, account: known, force_refresh });
  assert.equal((await silent([imap])).access_token, answer.access_token, 'from its cache');
  const refreshed = await silent([imap], true);
  assert.ok(refreshed.access_token);
  assert.notEqual(refreshed.access_token, answer.access_token);
  assert.equal(claimsOf(await silent([mail])).aud, 'https://graph.microsoft.com');
});

test('a person is a GUID in the directory, and another opaque subject to each app', async (t) => {
  const lab = await start(t, { redirectUris: [redirectUri] });
  const first = await signIn(lab, [imap]);
  const { oid, sub, preferred_username, tid } = first.id_token_claims as Record<string, string>;
  assert.match(String(oid), /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/);
  assert.doesNotMatch(String(sub), /@/);
  assert.deepEqual([preferred_username, tid], [account, lab.authority.tenant]);
  assert.deepEqual([claimsOf(first).oid, claimsOf(first).sub], [oid, sub]);
  const another = await signIn(await start(t, { redirectUris: [redirectUri] }), [imap]);
  const claims = another.id_token_claims as Record<string, string>;
  assert.equal(claims.oid, oid);
  assert.notEqual(claims.sub, sub);
});

test('a confidential client may leave PKCE out; a wrong redirect URI at the token endpoint is told as that', async (t) => {
  const { msal, create, clientSecret } = await start(t, { redirectUris: [redirectUri] });
  await create(clientSecret);
  const redeem = async (redirect_uri: string) => {
    const url = await msal.call<string>('get_authorization_request_url', {
      scopes: [imap],
      redirect_uri: redirectUri,
    });
    const callback = await createBrowser().consent(new URL(url), account);
    const code = callback.searchParams.get('code');
    return msal.call<Answer>('acquire_token_by_authorization_code', { code, scopes: [imap], redirect_uri });
  };
  assert.ok((await redeem(redirectUri)).access_token);
  const refused = await redeem('https://letterbox.example/elsewhere');
  assert.deepEqual([refused.error, refused.error_codes], ['invalid_client', [500112]]);
});

test('MSAL for Python learns that consent is missing, or was revoked', async (t) => {
  const lab = await start(t, { redirectUris: [redirectUri] });
  await signIn(lab, [imap]);
  const [known] = await lab.msal.call<object[]>('get_accounts', { username: account });
  const ask = (scopes: string[]) =>
    lab.msal.call<Answer>('acquire_token_silent_with_error', { scopes, account: known, force_refresh: true });
  const missing = await ask([mail]);
  assert.deepEqual([missing.suberror, missing.error_codes], ['consent_required', [65001]]);
  lab.authority.revokeConsents();
  assert.deepEqual((await ask([imap])).error_codes, [50173]);
});

test('MSAL for Python signs a person in by a code that is entered elsewhere', async (t) => {
  const { msal, create, authority } = await start(t, { publicClient: true });
  authority.faults.deviceIntervalSeconds = 1;
  await create();
  const by = async (action: 'accept' | 'cancel') => {
    const flow = await msal.call<DeviceFlow>('initiate_device_flow', { scopes: [imap] });
    await createBrowser().enterCode(flow.verification_uri, flow.user_code, account, action);
    return msal.call<Answer>('acquire_token_by_device_flow', { flow });
  };
  assert.equal(claimsOf(await by('accept')).upn, account);
  assert.equal((await by('cancel')).error, 'authorization_declined');
});
