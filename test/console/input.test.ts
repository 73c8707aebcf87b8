import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { form } from '../http/fixtures.ts';
import { openSignedIn } from './fixtures.ts';

/** Sends forms and tells what the administration was asked for. */
async function openForms(t: TestContext) {
  const { fetch, session, csrf, administration } = await openSignedIn(t, 'lively');
  const asked: unknown[] = [];
  for (const nouns of [
    administration.profiles,
    administration.servers,
    administration.destinations,
    administration.outgoingServers,
  ])
    for (const verb of ['create', 'update'] as const) {
      const original = nouns[verb] as (...parameters: unknown[]) => Promise<unknown>;
      Object.assign(nouns, {
        [verb](...parameters: unknown[]) {
          asked.push(verb === 'create' ? parameters[0] : parameters[1]);
          return original(...parameters);
        },
      });
    }
  administration.deliveries.replay = async (which) => asked.push(which);
  async function send(path: string, fields: Record<string, string | string[]>) {
    const body = new URLSearchParams({ csrf: csrf.token(session) });
    for (const [name, values] of Object.entries(fields))
      for (const value of [values].flat()) body.append(name, value);
    const headers = { ...form, cookie: `__Host-letterbox=${session}`, 'sec-fetch-site': 'same-origin' };
    const { headers: answer } = await fetch(path, { method: 'POST', headers, body: String(body) });
    return { asked: asked.splice(0), location: answer.location };
  }
  return send;
}

const profile = {
  name: 'Contoso',
  provider: 'microsoft',
  grant: 'authorization_code',
  uses: 'imap',
  endpoints: 'discovered',
  tenant: ' contoso.com ',
  issuer: 'https://left-over.example',
  authorizationUrl: 'https://left-over.example',
  tokenUrl: '',
  clientId: '5a1c2b3d-0f7e-4c5b-9a8d-1e2f3a4b5c6d',
  clientSecret: ' a~b+c&d%e "f" ',
  clientSecretExpiresOn: '',
  signInName: '',
  scopes: ' one\r\ntwo  three ',
};

test('a form says what its choices show, and a secret byte for byte', async (t) => {
  const send = await openForms(t);
  const expected = {
    name: 'Contoso',
    authentication: 'oauth2',
    provider: 'microsoft',
    cloud: 'worldwide',
    grant: 'authorization_code',
    uses: ['imap'],
    tenant: 'contoso.com',
    issuer: null,
    authorizationUrl: null,
    tokenUrl: null,
    deviceAuthorizationUrl: null,
    clientId: profile.clientId,
    clientAuthentication: 'secret',
    clientSecretExpiresOn: null,
    federatedTokenFile: null,
    signInName: null,
    scopes: ['one', 'two', 'three'],
  };
  assert.deepEqual(await send('/profiles', profile), {
    asked: [{ ...expected, clientSecret: ' a~b+c&d%e "f" ' }],
    location: '/profiles/prf_contoso?done=profile-created',
  });
  // An edit touches the secret only where it is entered again.
  const { clientSecret: _, ...kept } = profile;
  assert.deepEqual((await send('/profiles/prf_other', { ...profile, clientSecret: '' })).asked, [expected]);
  assert.deepEqual((await send('/profiles/prf_other', profile)).asked, [
    { ...expected, clientSecret: profile.clientSecret },
  ]);

  const byUrls = {
    ...kept,
    provider: 'custom',
    grant: 'client_credentials',
    endpoints: 'urls',
    tokenUrl: 'https://login.example/token',
    signInName: 'left over',
  };
  assert.deepEqual((await send('/profiles/prf_other', byUrls)).asked, [
    { ...expected, provider: 'custom', grant: 'client_credentials', tenant: null, tokenUrl: byUrls.tokenUrl },
  ]);
  assert.deepEqual(
    (await send('/profiles/prf_app/secret', { clientSecret: ' ~ ', clientSecretExpiresOn: '2027-06-30' }))
      .asked,
    [{ clientSecret: ' ~ ', clientSecretExpiresOn: '2027-06-30' }],
  );
  assert.deepEqual((await send('/profiles/prf_app/secret', { clientSecret: '' })).asked, []);
});

test('the form of a profile says what its choices show, and the one secret that they ask for', async (t) => {
  const send = await openForms(t);
  const ask = async (changes: Record<string, string>, path = '/profiles') =>
    (await send(path, { ...profile, ...leftOver, ...changes })).asked[0] as Record<string, unknown>;
  const secretsOf = ({ clientSecret, clientKeyPair, password }: Record<string, unknown>) => [
    clientSecret,
    clientKeyPair,
    password,
  ];
  const leftOver = {
    cloud: 'china',
    authentication: 'oauth2',
    password: ' pass ',
    deviceAuthorizationUrl: 'https://left-over.example',
    clientKeyPair: 'PEM',
    keyPairFrom: 'given',
    federatedTokenFile: '/left/over',
  };

  const microsoft = await ask({ grant: 'device_code', clientAuthentication: 'certificate' });
  assert.deepEqual(
    [microsoft.authentication, microsoft.cloud, microsoft.grant, microsoft.clientAuthentication],
    ['oauth2', 'china', 'device_code', 'certificate'],
  );
  assert.deepEqual([microsoft.deviceAuthorizationUrl, microsoft.federatedTokenFile], [null, null]);
  assert.deepEqual(secretsOf(microsoft), [undefined, 'PEM', undefined]);
  const made = await ask({ clientAuthentication: 'certificate', keyPairFrom: 'made' });
  assert.deepEqual(secretsOf(made), [undefined, undefined, undefined]);
  const federated = await ask({ clientAuthentication: 'federated' });
  assert.deepEqual(
    [federated.federatedTokenFile, ...secretsOf(federated)],
    ['/left/over', undefined, undefined, undefined],
  );

  const google = await ask({
    provider: 'google',
    grant: 'client_credentials',
    clientAuthentication: 'none',
    endpoints: 'urls',
  });
  assert.deepEqual(
    [google.grant, google.clientAuthentication, google.tenant, google.tokenUrl, google.cloud],
    ['authorization_code', 'secret', null, null, 'worldwide'],
  );
  assert.deepEqual(secretsOf(google), [profile.clientSecret, undefined, undefined]);

  const password = await ask({ provider: 'custom', authentication: 'password' });
  assert.deepEqual(
    [password.authentication, password.clientId, password.issuer, password.scopes, password.cloud],
    ['password', '', null, [], 'worldwide'],
  );
  assert.deepEqual(secretsOf(password), [undefined, undefined, ' pass ']);

  const custom = await ask({
    provider: 'custom',
    authentication: 'oauth2',
    grant: 'device_code',
    endpoints: 'urls',
    tokenUrl: 'https://login.example/token',
  });
  assert.deepEqual(
    [custom.deviceAuthorizationUrl, custom.authorizationUrl],
    ['https://left-over.example', null],
  );

  // An edit asks for a secret where the profile has none of the kind.
  const edited = await ask({ clientAuthentication: 'certificate' }, '/profiles/prf_contoso');
  assert.deepEqual(secretsOf(edited), [undefined, 'PEM', undefined]);
  assert.deepEqual(
    (await send('/profiles/prf_certificate/secret', { clientKeyPair: 'PEM', clientSecret: 'no' })).asked,
    [{ clientKeyPair: 'PEM' }],
  );
  assert.deepEqual((await send('/profiles/prf_password/secret', { password: ' new ' })).asked, [
    { password: ' new ' },
  ]);
});

test('the form of a server says which mail and what happens to it', async (t) => {
  const send = await openForms(t);
  const server = {
    name: 'Support',
    address: 'support@contoso.com',
    profileId: 'prf_contoso',
    shared: 'on',
    protocol: 'imap',
    host: 'outlook.office365.com',
    security: 'tls',
    port: '',
    username: '',
    folders: 'INBOX\r\nArchive/2026\r\n',
    startFrom: 'date',
    'startFrom.other': '2026-01-31',
    'afterIntake.action': 'move',
    'afterIntake.folder': 'Done',
    certificateAuthority: '',
  };
  const expected = {
    name: 'Support',
    address: 'support@contoso.com',
    profileId: 'prf_contoso',
    shared: true,
    protocol: 'imap',
    host: 'outlook.office365.com',
    security: 'tls',
    port: null,
    username: null,
    folders: ['INBOX', 'Archive/2026'],
    startFrom: '2026-01-31',
    afterIntake: { action: 'move', folder: 'Done' },
    certificateAuthority: null,
    acknowledgement: null,
  };
  assert.deepEqual((await send('/servers', server)).asked, [expected]);
  const { startFrom: _, ...kept } = expected;
  const edited = { ...server, startFrom: '', port: '1993', 'afterIntake.action': 'leave' };
  assert.deepEqual((await send('/servers/srv_support', edited)).asked, [
    { ...kept, port: '1993', afterIntake: { action: 'leave' } },
  ]);
  const later = { ...server, host: ' ', 'afterIntake.action': 'delete', 'afterIntake.afterDays': '30' };
  assert.deepEqual((await send('/servers', later)).asked, [
    { ...expected, host: null, afterIntake: { action: 'delete', afterDays: '30' } },
  ]);
});

test('the form of a destination chooses all servers or some', async (t) => {
  const send = await openForms(t);
  const destination = {
    name: 'CRM',
    url: ' https://crm.example/hook ',
    from: 'some',
    servers: ['srv_a', 'srv_b'],
  };
  assert.deepEqual((await send('/destinations', destination)).asked, [
    {
      name: 'CRM',
      kind: 'webhook',
      url: 'https://crm.example/hook',
      servers: ['srv_a', 'srv_b'],
      enabled: false,
    },
  ]);
  assert.deepEqual(
    (await send('/destinations/dst_crm', { ...destination, from: 'all', enabled: 'on' })).asked,
    [{ name: 'CRM', kind: 'webhook', url: 'https://crm.example/hook', servers: null, enabled: true }],
  );
});

test('deliveries are replayed one by one, chosen, or all dead ones of what is listed', async (t) => {
  const send = await openForms(t);
  const replay = (fields: Record<string, string | string[]>) => send('/deliveries/replay', fields);
  assert.deepEqual(await replay({ one: 'dlv_1', ids: ['dlv_2'], back: 'dead', destination: '' }), {
    asked: [{ ids: ['dlv_1'] }],
    location: '/deliveries?state=dead&done=replayed',
  });
  assert.deepEqual((await replay({ ids: ['dlv_1', 'dlv_2'] })).asked, [{ ids: ['dlv_1', 'dlv_2'] }]);
  assert.deepEqual((await replay({ all: 'dead', destination: '' })).asked, [{ state: 'dead' }]);
  assert.deepEqual((await replay({ all: 'dead', destination: 'dst_crm', back: 'dead' })).asked, [
    { state: 'dead', destinationId: 'dst_crm' },
  ]);
  assert.deepEqual(await replay({ back: '' }), { asked: [], location: '/deliveries?done=nothing-chosen' });
});

test('the form of a server says what its senders are told', async (t) => {
  const send = await openForms(t);
  const [asked] = (
    await send('/servers', {
      name: 'Support',
      acknowledgement: 'on',
      'acknowledgement.outgoingServerId': 'ogs_support',
      'acknowledgement.subject': 'Re: {subject}',
      'acknowledgement.text': 'Dear {name},\r\nthank you.',
    })
  ).asked as [{ acknowledgement: object }];
  assert.deepEqual(asked.acknowledgement, {
    outgoingServerId: 'ogs_support',
    subject: 'Re: {subject}',
    text: 'Dear {name},\nthank you.',
  });
});

test('the form of an outgoing server says nothing of what was left empty, so that it follows from kind and profile', async (t) => {
  const send = await openForms(t);
  const fields = {
    name: 'Support out',
    address: 'support@contoso.com',
    displayName: '',
    kind: 'smtp',
    profileId: 'prf_contoso',
    host: '',
    security: '',
    port: '',
    username: '',
    certificateAuthority: '',
    enabled: 'on',
  };
  const expected = {
    name: 'Support out',
    address: 'support@contoso.com',
    displayName: null,
    kind: 'smtp',
    profileId: 'prf_contoso',
    host: null,
    security: null,
    port: null,
    username: null,
    certificateAuthority: null,
    enabled: true,
  };
  assert.deepEqual(await send('/outgoing-servers', fields), {
    asked: [expected],
    location: '/outgoing-servers/ogs_support?done=outgoing-server-created',
  });
  const relay = { ...fields, kind: 'lmtp', profileId: '', host: 'localhost', port: '24', security: 'none' };
  assert.deepEqual((await send('/outgoing-servers/ogs_relay', relay)).asked, [
    { ...expected, kind: 'lmtp', profileId: null, host: 'localhost', port: '24', security: 'none' },
  ]);
});

test('the form of a destination says the fields of its kind', async (t) => {
  const send = await openForms(t);
  const both = {
    name: 'Archive',
    url: 'https://left-over.example',
    recipient: ' archive@contoso.com ',
    outgoingServerId: 'ogs_support',
    from: 'all',
    enabled: 'on',
  };
  const common = { name: 'Archive', servers: null, enabled: true };
  assert.deepEqual((await send('/destinations', { ...both, kind: 'forward' })).asked, [
    { ...common, kind: 'forward', recipient: 'archive@contoso.com', outgoingServerId: 'ogs_support' },
  ]);
  assert.deepEqual((await send('/destinations', { ...both, kind: 'webhook' })).asked, [
    { ...common, kind: 'webhook', url: 'https://left-over.example' },
  ]);
});
