import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import {
  type AuthenticationResult,
  ConfidentialClientApplication,
  CryptoProvider,
  type NodeAuthOptions,
  PublicClientApplication,
} from '@azure/msal-node';
import type { Registration } from '../../lab/authority/apps.ts';
import { startWorkloadIssuer } from '../../lab/authority/workload-issuer.ts';
import { createBrowser } from '../../lab/browser.ts';
import { makeSelfSigned } from '../../src/oauth/client-auth/self-signed.ts';
import { startAuthorityWorld } from './authority-world.ts';

/**
 * The lab's authority against Microsoft's own client library, which is told nothing but what its documentation says
 * for authorities that it does not know: their URL, and their host in `knownAuthorities`.
 */
const redirectUri = 'https://letterbox.example/oauth/callback';
const account = 'support@contoso.example';
const imap = 'https://outlook.office.com/IMAP.AccessAsUser.All';
const mail = 'https://graph.microsoft.com/Mail.ReadWrite';
const asApp = 'https://outlook.office365.com/.default';

async function start(t: TestContext, registration: Registration) {
  const { after, certificates, authority } = await startAuthorityWorld(t);
  const { clientId, clientSecret } = authority.register(registration);
  const options = (tenant = authority.tenant): NodeAuthOptions => ({
    clientId,
    authority: `${authority.origin}/${tenant}`,
    knownAuthorities: [new URL(authority.origin).host],
  });
  const byItself = async (credential: Partial<NodeAuthOptions>) =>
    claimsOf(
      await new ConfidentialClientApplication({
        auth: { ...options(), ...credential },
      }).acquireTokenByClientCredential({ scopes: [asApp] }),
    );
  return { after, certificates, authority, clientId, clientSecret, options, byItself };
}

type Lab = Awaited<ReturnType<typeof start>>;

/** Authorization code with PKCE, in a browser. */
async function signIn({ options, clientSecret }: Lab, scopes: string[], tenant?: string, who = account) {
  const msal = new ConfidentialClientApplication({ auth: { ...options(tenant), clientSecret } });
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const url = await msal.getAuthCodeUrl({
    scopes,
    redirectUri,
    prompt: 'select_account',
    loginHint: who,
    codeChallenge: challenge,
    codeChallengeMethod: 'S256',
  });
  const callback = await createBrowser().consent(new URL(url), who);
  const code = callback.searchParams.get('code') ?? '';
  const result = await msal.acquireTokenByCode({
    code,
    redirectUri,
    scopes: scopes.slice(0, 1),
    codeVerifier: verifier,
  });
  return { msal, result };
}

function claimsOf(result: AuthenticationResult | null): Record<string, unknown> {
  const [, payload] = result?.accessToken.split('.') ?? [];
  return JSON.parse(Buffer.from(payload ?? '', 'base64url').toString());
}

test('MSAL signs a person in by authorization code with PKCE', async (t) => {
  const lab = await start(t, { redirectUris: [redirectUri] });
  const { result } = await signIn(lab, [imap]);
  assert.deepEqual(
    [result.account?.username, result.account?.tenantId, result.tenantId],
    [account, lab.authority.tenant, lab.authority.tenant],
  );
  assert.ok(result.scopes.includes(imap));
  const { aud, upn, scp } = claimsOf(result);
  assert.deepEqual([aud, upn, scp], ['https://outlook.office.com', account, 'IMAP.AccessAsUser.All']);
});

test('MSAL refreshes in silence, and gets a token for another resource that was consented to', async (t) => {
  const lab = await start(t, { redirectUris: [redirectUri] });
  const { msal, result } = await signIn(lab, [imap, mail]);
  const known = result.account;
  assert.ok(known);
  const cached = await msal.acquireTokenSilent({ account: known, scopes: [imap] });
  assert.deepEqual([cached.fromCache, cached.accessToken], [true, result.accessToken]);
  const refreshed = await msal.acquireTokenSilent({ account: known, scopes: [imap], forceRefresh: true });
  assert.deepEqual([refreshed.fromCache, refreshed.account?.username], [false, account]);
  assert.notEqual(refreshed.accessToken, result.accessToken);
  const other = claimsOf(await msal.acquireTokenSilent({ account: known, scopes: [mail] }));
  assert.deepEqual([other.aud, other.scp], ['https://graph.microsoft.com', 'Mail.ReadWrite']);
});

test('MSAL learns that consent is missing for a resource that nobody was asked about', async (t) => {
  const lab = await start(t, { redirectUris: [redirectUri] });
  const { msal, result } = await signIn(lab, [imap]);
  assert.ok(result.account);
  await assert.rejects(msal.acquireTokenSilent({ account: result.account, scopes: [mail] }), {
    name: 'InteractionRequiredAuthError',
    subError: 'consent_required',
  });
});

test('MSAL signs in a work account through organizations and common, and a personal one through consumers', async (t) => {
  const lab = await start(t, { redirectUris: [redirectUri], accounts: 'all' });
  for (const tenant of ['organizations', 'common'])
    assert.equal((await signIn(lab, [imap], tenant)).result.tenantId, lab.authority.tenant);
  for (const tenant of ['consumers', 'common']) {
    const { msal, result } = await signIn(lab, [imap], tenant, 'ann@outlook.example');
    assert.equal(result.tenantId, '9188040d-6c67-4c5b-b112-36a304b66dad');
    assert.equal(result.accessToken.split('.').length, 1, 'an opaque token');
    assert.ok(result.account);
    await msal.acquireTokenSilent({ account: result.account, scopes: [imap], forceRefresh: true });
  }
});

test('MSAL gets an app its own token by client secret', async (t) => {
  const lab = await start(t, { appOnly: true, roles: ['IMAP.AccessAsApp', 'Mail.Read'] });
  const { aud, roles } = await lab.byItself({ clientSecret: lab.clientSecret });
  assert.deepEqual([aud, roles], ['https://outlook.office365.com', ['IMAP.AccessAsApp']]);
  await assert.rejects(lab.byItself({ clientSecret: 'wrong' }), { errorNo: 7000215 });
});

test('MSAL gets an app its own token by certificate', async (t) => {
  const { key, certificate } = await makeSelfSigned('letterbox');
  const lab = await start(t, { appOnly: true, certificate });
  const by = (pem: string, privateKey: string) => {
    const thumbprintSha256 = new X509Certificate(pem).fingerprint256.replaceAll(':', '');
    return lab.byItself({ clientCertificate: { thumbprintSha256, privateKey } });
  };
  assert.equal((await by(certificate, key)).appid, lab.clientId);
  assert.equal(lab.authority.requests.at(-1)?.client, 'certificate');
  const other = await makeSelfSigned('another');
  await assert.rejects(by(other.certificate, other.key), { errorNo: 700027 });
});

test('MSAL gets an app its own token by the token of another issuer that the app trusts', async (t) => {
  const subject = 'system:serviceaccount:mail:letterbox';
  const lab = await start(t, { appOnly: true });
  const workload = await startWorkloadIssuer(lab.certificates);
  lab.after(workload.stop);
  const audience = 'api://AzureADTokenExchange';
  lab.authority.app(lab.clientId).federated.push({ issuer: workload.issuer, subject, audience });
  const clientAssertion = await workload.issue({ subject });
  assert.equal((await lab.byItself({ clientAssertion })).appid, lab.clientId);
  assert.equal(lab.authority.requests.at(-1)?.client, 'federated');
  const wrong: [number, Promise<string>][] = [
    [700213, workload.issue({ subject: 'another' })],
    [700212, workload.issue({ subject, audience: 'https://elsewhere.example' })],
    [700024, workload.issue({ subject, expiresInSeconds: -600 })],
  ];
  for (const [errorNo, token] of wrong)
    await assert.rejects(lab.byItself({ clientAssertion: await token }), { errorNo });
});

test('MSAL signs a person in by a code that is entered elsewhere', async (t) => {
  const lab = await start(t, { publicClient: true });
  lab.authority.faults.deviceIntervalSeconds = 0.05;
  const msal = new PublicClientApplication({ auth: lab.options() });
  const by = (action: 'accept' | 'cancel') =>
    msal.acquireTokenByDeviceCode({
      scopes: [imap],
      deviceCodeCallback({ userCode, verificationUri, message }) {
        assert.match(message, new RegExp(`${userCode} to authenticate`));
        void createBrowser().enterCode(verificationUri, userCode, account, action);
      },
    });
  const result = await by('accept');
  assert.equal(result?.account?.username, account);
  assert.ok(result.account);
  assert.ok(await msal.acquireTokenSilent({ account: result.account, scopes: [imap], forceRefresh: true }));
  await assert.rejects(by('cancel'), { errorMessage: 'authorization_declined' });
});
