import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { None } from 'openid-client';
import { providers } from '../../src/oauth/authorities/index.ts';
import type { Authority } from '../../src/oauth/authority.ts';
import type { Refusal } from '../../src/oauth/refusal.ts';
import { consentScope, resourcesOf } from '../../src/oauth/scope.ts';
import { explainStandard } from '../../src/oauth/standard-errors.ts';
import type { CredentialProfile } from '../../src/resources/credential-profile/record.ts';
import { sealedIn } from '../resources/fixtures.ts';
import { interceptRequests } from './intercepted.ts';
import { account, problemOf, startWorld, type World } from './world.ts';

const authorities = Object.fromEntries(providers.map(({ name, authority }) => [name, authority]));
const { microsoft, google, custom } = authorities as Record<'microsoft' | 'google' | 'custom', Authority>;
const tenant = '3f0c0c9e-1111-4222-8333-944455556666';
const another = '0a1b2c3d-1111-4222-8333-944455556666';

function profile(fields: Partial<CredentialProfile>): CredentialProfile {
  return {
    id: 'prf_1',
    name: 'Contoso',
    version: 1,
    authentication: 'oauth2',
    grant: 'authorization_code',
    provider: 'microsoft',
    cloud: 'worldwide',
    uses: ['imap'],
    tenant: null,
    issuer: null,
    authorizationUrl: null,
    tokenUrl: null,
    deviceAuthorizationUrl: null,
    clientId: another,
    clientAuthentication: 'secret',
    clientSecretExpiresOn: null,
    clientCertificate: null,
    federatedTokenFile: null,
    signInName: null,
    scopes: [],
    state: 'consent-needed',
    account: null,
    problem: null,
    connectedAt: null,
    adminConsent: null,
    hosts: [],
    createdAt: '2026-11-01T00:00:00.000Z',
    updatedAt: '2026-11-01T00:00:00.000Z',
    ...fields,
  };
}

function refusal(fields: Partial<Refusal>): Refusal {
  return { error: '', description: '', codes: [], status: 400, retryAfter: null, ...fields };
}

test('Microsoft’s endpoints and issuer follow from the tenant ID, and nobody is asked for them', async () => {
  const configuration = await microsoft.configuration(
    profile({ tenant: tenant.toUpperCase() }),
    None(),
    null,
  );
  const { issuer, authorization_endpoint, token_endpoint } = configuration.serverMetadata();
  const login = `https://login.microsoftonline.com/${tenant}`;
  assert.deepEqual(
    [issuer, authorization_endpoint, token_endpoint],
    [`${login}/v2.0`, `${login}/oauth2/v2.0/authorize`, `${login}/oauth2/v2.0/token`],
  );
});

test('the endpoints of another cloud are taken as they are given, and the issuer from them', async () => {
  const base = `https://login.microsoftonline.us/${tenant}`;
  const urls = { authorizationUrl: `${base}/oauth2/v2.0/authorize`, tokenUrl: `${base}/oauth2/v2.0/token` };
  const metadata = (await microsoft.configuration(profile(urls), None(), null)).serverMetadata();
  assert.equal(metadata.issuer, `${base}/v2.0`);
  assert.equal(metadata.token_endpoint, urls.tokenUrl);
});

test('where the tenant stands for many, or is a domain, the issuer is a template until it is named', async () => {
  const issuerOf = async (name: string, named: string | null = null) =>
    (await microsoft.configuration(profile({ tenant: name }), None(), named)).serverMetadata().issuer;
  const login = 'https://login.microsoftonline.com';
  for (const name of ['common', 'organizations', 'contoso.com']) {
    assert.equal(await issuerOf(name), `${login}/{tenantid}/v2.0`);
    assert.equal(await issuerOf(name, `${login}/${another}/v2.0`), `${login}/${another}/v2.0`);
    for (const stranger of [`https://login.evil.example/${another}/v2.0`, `${login}/evil/v2.0`, 'evil'])
      assert.equal(await issuerOf(name, stranger), `${login}/{tenantid}/v2.0`);
  }
  assert.equal(await issuerOf('consumers'), `${login}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0`);
});

/** The lab's URLs with the tenant's domain in place of its GUID: the issuer does not follow from them. */
function byDomain({ authority }: World) {
  const named = (url: string) => url.replace(authority.tenant, authority.domain);
  return { authorizationUrl: named(authority.authorizationUrl), tokenUrl: named(authority.tokenUrl) };
}

async function callbackByDomain(t: TestContext, change: (callback: URL, world: World) => void) {
  const world = await startWorld(t);
  const { id } = await world.create(byDomain(world));
  const callback = await world.signIn(id);
  change(callback, world);
  return { world, id, complete: () => world.consent.complete(callback, 'browser-session-1') };
}

test('the issuer that the identity token’s tenant gives is accepted in place of the template', async (t) => {
  // Entra's answers do not name their issuer.
  const { complete } = await callbackByDomain(t, (callback) =>
    assert.equal(callback.searchParams.get('iss'), null),
  );
  assert.equal((await complete()).account?.username, account);
});

test('the issuer that the answer names is accepted in place of the template', async (t) => {
  const { complete } = await callbackByDomain(t, (callback, { authority }) =>
    callback.searchParams.set('iss', authority.issuer),
  );
  assert.equal((await complete()).state, 'connected');
});

test('an answer in the name of another tenant is refused', async (t) => {
  const { world, complete } = await callbackByDomain(t, (callback, { authority }) =>
    callback.searchParams.set('iss', authority.issuer.replace(authority.tenant, another)),
  );
  assert.equal((await problemOf(complete())).code, 'oauth.answer-invalid');
  assert.deepEqual(
    sealedIn(join(world.folder, 'data')).map(({ name }) => name),
    ['client-secret'],
  );
});

test('a custom authority is discovered by its issuer, once, and an app signs in there', async (t) => {
  const world = await startWorld(t);
  const { issuer } = world.authority;
  const noUrls = { provider: 'custom', issuer, authorizationUrl: null, tokenUrl: null };
  const imap = 'https://outlook.office.com/IMAP.AccessAsUser.All';
  const scopes = `${imap} offline_access openid profile email`;
  const { id } = await world.create({ ...noUrls, scopes, signInName: account });
  const asked: string[] = [];
  interceptRequests(t, (url, ask) => {
    asked.push(url);
    return ask();
  });
  assert.equal((await world.connect(id)).account?.username, account);
  await world.connect(id);
  assert.equal(asked.filter((url) => url.includes('.well-known')).length, 1);
});

test('a custom authority by its two URLs needs no discovery', async (t) => {
  const world = await startWorld(t);
  const scopes = 'https://outlook.office.com/IMAP.AccessAsUser.All offline_access';
  const { id } = await world.create({ provider: 'custom', scopes });
  const connected = await world.connect(id);
  assert.deepEqual([connected.state, connected.account], ['connected', null]);
});

test('where nobody can tell who signed in, the sign-in name is not taken as compared', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create({ provider: 'custom', signInName: account });
  const problem = await problemOf(world.connect(id));
  assert.equal(problem.code, 'oauth.account-unknown');
});

test('an issuer that describes nothing, or another, is refused with what to do', async (t) => {
  const world = await startWorld(t);
  const noUrls = { provider: 'custom', authorizationUrl: null, tokenUrl: null };
  const issuers = [
    `${world.authority.origin}/nobody/v2.0`,
    `${world.authority.origin}/${world.authority.domain}/v2.0`,
  ];
  for (const issuer of issuers) {
    const { id } = await world.create({ ...noUrls, name: issuer, issuer });
    const problem = await problemOf(world.consent.begin(id, 'session'));
    assert.equal(problem.code, 'oauth.metadata');
    assert.match(problem.remedy ?? '', /issuer/);
  }
});

test('what is asked for by default fits use, grant and provider', () => {
  const identity = 'offline_access openid profile email';
  assert.equal(
    consentScope(profile({ tenant }), microsoft),
    `https://outlook.office.com/IMAP.AccessAsUser.All ${identity}`,
  );
  assert.deepEqual(
    resourcesOf(profile({ tenant, grant: 'client_credentials', uses: ['imap', 'ews'] }), microsoft),
    [{ id: 'https://outlook.office365.com', scopes: ['https://outlook.office365.com/.default'] }],
  );
  assert.equal(consentScope(profile({}), google), 'https://mail.google.com/ openid email profile');
  assert.equal(
    consentScope(profile({ issuer: 'https://id.example' }), custom),
    'openid profile email offline_access',
  );
  assert.equal(consentScope(profile({}), custom), 'offline_access');
  const scopes = ['https://outlook.office.com/IMAP.AccessAsUser.All', 'offline_access'];
  assert.equal(consentScope(profile({ tenant, scopes }), microsoft), scopes.join(' '));
});

test('uses of one resource share a token with the scopes of all, and other resources have their own', () => {
  const uses = ['imap', 'graph', 'smtp', 'ews', 'graph-send'] as const;
  assert.deepEqual(resourcesOf(profile({ tenant, uses: [...uses] }), microsoft), [
    {
      id: 'https://outlook.office.com',
      scopes: ['https://outlook.office.com/IMAP.AccessAsUser.All', 'https://outlook.office.com/SMTP.Send'],
    },
    {
      id: 'https://graph.microsoft.com',
      scopes: [
        'https://graph.microsoft.com/Mail.ReadWrite',
        'https://graph.microsoft.com/Mail.ReadWrite.Shared',
        'https://graph.microsoft.com/Mail.Send',
      ],
    },
    {
      id: 'https://outlook.office365.com',
      scopes: ['https://outlook.office365.com/EWS.AccessAsUser.All'],
    },
  ]);
});

test('every cloud of Microsoft’s has names of its own', async () => {
  const names = async (cloud: CredentialProfile['cloud']) => {
    const person = profile({ cloud, tenant, uses: ['imap', 'graph'] });
    const { token_endpoint, issuer } = (await microsoft.configuration(person, None(), null)).serverMetadata();
    return [token_endpoint, issuer, ...resourcesOf(person, microsoft).map(({ id }) => id)];
  };
  const login = 'https://login.microsoftonline.us';
  assert.deepEqual(await names('us-government-high'), [
    `${login}/${tenant}/oauth2/v2.0/token`,
    `${login}/${tenant}/v2.0`,
    'https://outlook.office365.us',
    'https://graph.microsoft.us',
  ]);
  assert.deepEqual((await names('us-government-dod')).slice(2), [
    'https://outlook-dod.office365.us',
    'https://dod-graph.microsoft.us',
  ]);
  assert.deepEqual(await names('china'), [
    `https://login.partner.microsoftonline.cn/${tenant}/oauth2/v2.0/token`,
    `https://login.partner.microsoftonline.cn/${tenant}/v2.0`,
    'https://partner.outlook.cn',
    'https://microsoftgraph.chinacloudapi.cn',
  ]);
});

test('personal accounts have no shared mailboxes to ask for', () => {
  for (const place of [{ tenant: 'consumers' }, { tokenUrl: 'https://login.live.com/oauth20_token.srf' }])
    assert.deepEqual(resourcesOf(profile({ ...place, uses: ['graph'] }), microsoft)[0]?.scopes, [
      'https://graph.microsoft.com/Mail.ReadWrite',
    ]);
});

test('a use gets the resource that scopes of the profile’s own name for it', () => {
  const scopes = [
    'https://outlook.office.com/IMAP.AccessAsUser.All',
    'https://outlook.office365.com/SMTP.Send',
    'Mail.Read',
    'offline_access',
  ];
  const own = profile({ scopes, uses: ['imap', 'smtp', 'graph'] });
  const of = (use: CredentialProfile['uses'][number]) => microsoft.resource(own, use);
  assert.deepEqual(of('imap'), { id: 'https://outlook.office.com', scopes: [scopes[0]] });
  assert.deepEqual(of('smtp'), { id: 'https://outlook.office365.com', scopes: [scopes[1]] });
  assert.deepEqual(of('graph'), { id: 'https://graph.microsoft.com', scopes: ['Mail.Read'] });
});

test('every code of Entra that mail intake meets has its cause and remedy', () => {
  const codes = `7000215 7000222 700027 700024 700016 700038 7000112 7000113 7000218 90002 90023 900023 50128
    50059 50194 50011 500113 50020 500208 50034 16000 16003 90072 50053 50055 50056 50126 50144 50057 50058 50072
    50074 50076 50078 50079 50158 50089 70000 70008 54005 700082 70043 50173 50132 50133 700084 50105 50131 53000
    53001 53003 530003 530035 65001 65004 90094 90095 650051 650052 650056 650057 500011 500014 50001 70011 28002
    1002012 70003 50147 501481 501491 50196 50033 50087 50088 90033 90006 50168 900144 90014 9002313 900971 530034
    500212 500213 500021`.split(/\s+/);
  const passing = ['50053', '50196', '50033', '50087', '50088', '90033', '90006', '50168'];
  for (const code of codes) {
    const problem = microsoft.explain(refusal({ error: 'invalid_grant', codes: [Number(code)] }));
    assert.equal(problem?.code, `oauth.AADSTS${code}`);
    assert.notEqual(problem.title, 'Entra ID refused the request', `${code} is known`);
    assert.ok(problem.remedy, `${code} has a remedy`);
    assert.equal(problem.retry, passing.includes(code) ? 'later' : 'no', code);
  }
});

test('a code is read from the text where a redirect gave nothing else', () => {
  const problem = microsoft.explain(
    refusal({ error: 'access_denied', description: 'AADSTS65004: User declined to consent.', status: null }),
  );
  assert.equal(problem?.title, 'The consent was declined');
});

test('a code that is not known yet is shown in Entra’s words, with where to look it up', () => {
  const description =
    'AADSTS999999: Something new. Trace ID: 1 Correlation ID: 2 Timestamp: 2026-11-24 10:00:00Z';
  const problem = microsoft.explain(refusal({ error: 'invalid_grant', codes: [999999], description }));
  assert.equal(problem?.detail, 'AADSTS999999 (invalid_grant): Something new.');
  assert.match(problem?.remedy ?? '', /login\.microsoftonline\.com\/error\?code=999999/);
});

test('an error without any code of Entra’s is left to the standard', () => {
  assert.equal(microsoft.explain(refusal({ error: 'server_error' })), null);
});

test('an error that nobody knows is refused in plain words, its own kept short and on one line', () => {
  for (const error of ['constructor', '__proto__', 'new_error']) {
    const problem = explainStandard(refusal({ error, description: `one\ntwo ${'x'.repeat(1000)}` }));
    assert.equal(problem.title, 'The authority refused the request');
    assert.match(problem.detail ?? '', new RegExp(`^the authority said ${error}: one two x{292}…$`));
  }
});
