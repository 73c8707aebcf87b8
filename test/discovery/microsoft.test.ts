import assert from 'node:assert/strict';
import { test } from 'node:test';
import { microsoftLogin } from '../../lab/internet/microsoft.ts';
import { redirect } from '../../lab/internet/sites.ts';
import { evidenceFrom, settingsOf, startDiscovering } from './world.ts';

const ids = Object.fromEntries(
  ['contoso', 'filtered', 'hybrid', 'high', 'dod', 'both', 'entra'].map((name, n) => [
    name,
    `11111111-2222-3333-4444-55555555555${n}`,
  ]),
) as Record<'contoso' | 'filtered' | 'hybrid' | 'high' | 'dod' | 'both' | 'entra', string>;
const china = '99999999-2222-3333-4444-555555555555';

const json = (body: object) => (_url: URL, response: import('node:http').ServerResponse) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const world = await startDiscovering({
  records: [
    'contoso.example. MX 0 contoso-example.mail.protection.outlook.com.',
    'autodiscover.contoso.example. CNAME autodiscover.outlook.com.',
    'dnssec.example. MX 0 dnssec-example.o-v1.mx.microsoft.',
    'filtered.example. MX 10 eu-smtp-inbound-1.mimecast.com.',
    'filtered.example. MX 20 eu-smtp-inbound-2.mimecast.com.',
    'autodiscover.filtered.example. CNAME autodiscover.outlook.com.',
    'guessed.example. MX 10 mxa-00000000.gslb.pphosted.com.',
    'hidden.example. MX 10 d1234a.ess.barracudanetworks.com.',
    'hybrid.example. MX 10 mx1.hybrid.example.',
    'cloud.hybrid.example. MX 10 mx1.hybrid.example.',
    'onprem.example. MX 0 onprem-example.mail.protection.outlook.com.',
    'high.example. MX 0 high-example.mail.protection.office365.us.',
    'dod.example. MX 0 dod-example.mail.protection.office365.us.',
    'dod-name.example. MX 0 dod-name-example.mail.protection.office365.us.',
    'autodiscover.dod-name.example. CNAME autodiscover-dod.office365.us.',
    'moved-cloud.example. MX 0 moved-cloud-example.mail.protection.outlook.com.',
    'china.example. MX 0 china-example.mail.protection.partner.outlook.cn.',
    'unknown.example. MX 0 unknown-example.mail.protection.outlook.com.',
    'silent.example. MX 0 silent-example.mail.protection.outlook.com.',
    'outlook.com. MX 5 outlook-com.olc.protection.outlook.com.',
    'hotmail.com. MX 2 hotmail-com.olc.protection.outlook.com.',
    'vanity.example. MX 10 1234567890.pamx1.hotmail.com.',
    'federated.example. MX 0 federated-example.mail.protection.outlook.com.',
  ],
  tenants: {
    'contoso.example': { id: ids.contoso },
    'filtered.example': { id: ids.filtered },
    'guessed.example': { id: ids.filtered },
    'hybrid.example': { id: ids.hybrid },
    'cloud.hybrid.example': { id: ids.hybrid },
    'onprem.example': { id: ids.hybrid },
    'dnssec.example': { id: ids.contoso, subScope: 'GCC' },
    'high.example': { id: ids.high, instance: 'microsoftonline.us', subScope: 'DODCON' },
    'moved-cloud.example': { id: ids.high, instance: 'microsoftonline.us', subScope: 'DODCON' },
    'dod.example': { id: ids.dod, instance: 'microsoftonline.us', subScope: 'DOD' },
    'china.example': { id: ids.both },
    'federated.example': { id: ids.contoso, federatedAt: 'sts.federated.example' },
    'outlook.com': { id: '84df9e7f-e9f6-40af-b435-aaaaaaaaaaaa' },
    'msn.example': { id: '9188040d-6c67-4c5b-b112-36a304b66dad' },
  },
  sites: {
    'login.partner.microsoftonline.cn': microsoftLogin({
      'china.example': { id: china, instance: 'partner.microsoftonline.cn' },
    }),
    'autodiscover.cloud.hybrid.example': redirect('https://autodiscover-s.outlook.com/autodiscover.json'),
    'autodiscover-s.outlook.com': json({
      Protocol: 'EWS',
      Url: 'https://outlook.office365.com/EWS/Exchange.asmx',
    }),
    'autodiscover.onprem.example': json({
      Protocol: 'EWS',
      Url: 'https://mail.onprem.example/EWS/Exchange.asmx',
    }),
  },
});
const { discover, internet } = world;

test('mail that goes to Exchange Online makes a profile of Microsoft, with the tenant, its cloud and a grant', async () => {
  const found = await discover('support@contoso.example');
  const records = 'MX of contoso.example, CNAME of autodiscover.contoso.example';
  const tenant = 'tenant discovery at login.microsoftonline.com';
  assert.deepEqual(settingsOf(found, 'profile'), {
    provider: `microsoft, by ${records}`,
    authentication: `oauth2, by ${records}`,
    grant: `authorization_code, by ${tenant}`,
    uses: `imap, by ${records}`,
    cloud: `worldwide, by ${tenant}`,
    tenant: `${ids.contoso}, by ${tenant}`,
  });
  assert.deepEqual(settingsOf(found, 'server'), {
    protocol: `imap, by ${records}`,
    host: `outlook.office365.com, by ${records}`,
    security: `tls, by ${records}`,
    port: `993, by ${records}`,
    username: `null, by ${records}`,
  });
  assert.deepEqual(settingsOf(found, 'outgoing-server'), {
    kind: `smtp, by ${records}`,
    host: `smtp.office365.com, by ${records}`,
    security: `starttls, by ${records}`,
    port: `587, by ${records}`,
    username: `null, by ${records}`,
  });
  assert.equal(found.summary, `contoso.example: Microsoft 365 (${records}).`);
  assert.deepEqual([found.conflicts, found.remarks], [[], []]);
});

test('the protocol that is wanted decides the server', async () => {
  for (const [wanted, host] of [
    ['pop3', 'outlook.office365.com'],
    ['graph', 'graph.microsoft.com'],
    ['ews', 'outlook.office365.com'],
  ] as const) {
    const found = await discover('support@contoso.example', wanted);
    assert.match(settingsOf(found, 'server').host ?? '', new RegExp(`^${host},`));
    assert.match(settingsOf(found, 'profile').uses ?? '', new RegExp(`^${wanted},`));
  }
});

test('the MX records of domains with DNSSEC are known as well', async () => {
  const found = await discover('a@dnssec.example');
  assert.match(settingsOf(found, 'profile').provider ?? '', /^microsoft, by MX of dnssec.example/);
  assert.match(
    settingsOf(found, 'profile').cloud ?? '',
    /^worldwide, by tenant/,
    'GCC is in the worldwide one',
  );
});

test('a filter before the mailboxes is named, and where Outlook is sent decides', async () => {
  const found = await discover('support@filtered.example');
  assert.match(evidenceFrom(found, 'MX of filtered.example'), /^found: .*mimecast.com.*: Mimecast, a filter/);
  assert.match(found.remarks.join(), /goes through Mimecast first/);
  assert.equal(settingsOf(found, 'profile').provider, 'microsoft, by CNAME of autodiscover.filtered.example');
  assert.equal(
    settingsOf(found, 'server').host,
    'outlook.office365.com, by CNAME of autodiscover.filtered.example',
  );
  assert.match(settingsOf(found, 'profile').tenant ?? '', new RegExp(`^${ids.filtered},`));
});

test('behind a filter, a tenant alone is taken for the likely place, and is said to be no more', async () => {
  const found = await discover('support@guessed.example');
  assert.match(found.summary, /most likely Microsoft/);
  assert.match(found.remarks.join('\n'), /goes through Proofpoint first.*\n.*is all that says so/);
  assert.match(settingsOf(found, 'server').host ?? '', /^outlook.office365.com, by tenant discovery/);
});

test('behind a filter and without a tenant, nothing is guessed', async () => {
  const found = await discover('support@hidden.example');
  assert.match(found.summary, /^Nothing was found/);
  assert.match(found.remarks.join(), /goes through Barracuda first/);
  assert.deepEqual(Object.values(found.settings).flat(), []);
});

test('a tenant whose mail goes in elsewhere: its tenant is filled in, and no server', async () => {
  const found = await discover('support@hybrid.example');
  assert.deepEqual(Object.keys(settingsOf(found, 'profile')), ['cloud', 'tenant']);
  assert.deepEqual(settingsOf(found, 'server'), {});
  assert.match(
    found.remarks.join(),
    /has a tenant at Microsoft, and nothing tells that its mailboxes are there/,
  );
});

test('Exchange itself tells where the one mailbox is: in the cloud', async () => {
  const found = await discover('moved@cloud.hybrid.example');
  assert.equal(settingsOf(found, 'profile').provider, 'microsoft, by autodiscover.cloud.hybrid.example');
  assert.equal(
    settingsOf(found, 'server').host,
    'outlook.office365.com, by autodiscover.cloud.hybrid.example',
  );
  assert.match(found.summary, /^cloud.hybrid.example: Microsoft \(/);
});

test('Exchange itself tells where the one mailbox is: on a server of its own, though the mail goes in at Microsoft', async () => {
  const found = await discover('stayed@onprem.example');
  const { protocol, host } = settingsOf(found, 'server');
  assert.deepEqual(
    [protocol, host],
    ['ews, by autodiscover.onprem.example', 'mail.onprem.example, by autodiscover.onprem.example'],
  );
  assert.equal(settingsOf(found, 'profile').provider, undefined);
  assert.deepEqual(found.conflicts, [
    {
      what: 'Where the mailboxes are',
      taken: { value: 'an Exchange Server at mail.onprem.example', from: 'autodiscover.onprem.example' },
      others: [{ value: 'Microsoft 365', from: 'MX of onprem.example' }],
    },
  ]);
});

test('clouds of the US Government are told apart by the tenant', async () => {
  const high = await discover('a@high.example');
  assert.match(settingsOf(high, 'profile').cloud ?? '', /^us-government-high, by tenant/);
  assert.match(settingsOf(high, 'server').host ?? '', /^outlook.office365.us,/);
  const dod = await discover('a@dod.example');
  assert.match(settingsOf(dod, 'profile').cloud ?? '', /^us-government-dod, by tenant/);
  assert.match(settingsOf(dod, 'server').host ?? '', /^webmail.apps.mil,/);
  assert.deepEqual([high.conflicts, dod.conflicts], [[], []]);
  const untold = await world.discoverBy({ allowPrivateAddresses: [] }, 'a@high.example');
  assert.match(settingsOf(untold, 'server').host ?? '', /^outlook.office365.us,/, 'also by MX alone');
  const byName = await world.discoverBy({ allowPrivateAddresses: [] }, 'a@dod-name.example');
  assert.match(
    settingsOf(byName, 'profile').cloud ?? '',
    /^us-government-dod, by /,
    'and more closely by CNAME',
  );
});

test('a cloud that the tenant does not agree with is shown, and the tenant believed', async () => {
  const found = await discover('a@moved-cloud.example');
  assert.match(settingsOf(found, 'profile').cloud ?? '', /^us-government-high, by tenant/);
  assert.deepEqual(found.conflicts, [
    {
      what: 'Microsoft’s cloud',
      taken: { value: 'us-government-high', from: 'tenant discovery at login.microsoftonline.com' },
      others: [{ value: 'worldwide', from: 'MX of moved-cloud.example' }],
    },
  ]);
});

test('mail in China’s cloud makes its login host be asked, whose tenant counts', async () => {
  const found = await discover('a@china.example');
  const from = 'tenant discovery at login.partner.microsoftonline.cn';
  assert.equal(settingsOf(found, 'profile').tenant, `${china}, by ${from}`);
  assert.equal(settingsOf(found, 'profile').cloud, `china, by ${from}`);
  assert.match(settingsOf(found, 'server').host ?? '', /^partner.outlook.cn,/);
  const others = internet.requests.filter((url) => url.includes('microsoftonline.cn'));
  await discover('support@contoso.example');
  assert.equal(
    internet.requests.filter((url) => url.includes('microsoftonline.cn')).length,
    others.length,
    'it is asked about nobody else',
  );
});

test('that Microsoft knows no tenant although the mail goes there is said', async () => {
  const found = await discover('a@unknown.example');
  assert.match(
    evidenceFrom(found, 'tenant discovery at login.microsoftonline.com'),
    /^nothing: Microsoft knows no tenant with unknown.example/,
  );
  assert.match(
    found.remarks.join(),
    /Microsoft knows no tenant with unknown.example, though its mail goes there/,
  );
  assert.equal(settingsOf(found, 'profile').tenant, undefined);
  assert.match(settingsOf(found, 'profile').provider ?? '', /^microsoft/);
});

test('where Microsoft cannot be asked, the domain stands for the tenant', async () => {
  const found = await world.discoverBy({ allowPrivateAddresses: [] }, 'a@silent.example');
  const tenant = found.settings.profile?.find(({ field }) => field === 'tenant');
  assert.deepEqual([tenant?.value, tenant?.from], ['silent.example', 'MX of silent.example']);
  assert.match(tenant?.remark ?? '', /stands for the tenant/);
});

test('personal accounts are told from those of organisations, also on domains of their own', async () => {
  for (const domain of ['outlook.com', 'hotmail.com', 'vanity.example']) {
    const found = await discover(`ann@${domain}`);
    assert.equal(found.summary, `${domain}: Outlook.com (MX of ${domain}).`);
    assert.equal(settingsOf(found, 'profile').tenant, `consumers, by MX of ${domain}`);
    const grant = found.settings.profile?.find(({ field }) => field === 'grant');
    assert.match(grant?.remark ?? '', /personal account/);
  }
  const found = await discover('ann@msn.example');
  assert.match(settingsOf(found, 'profile').tenant ?? '', /^consumers, by tenant discovery/);
});

test('whether people sign in at Microsoft or are sent on is told', async () => {
  const from = 'user realm at login.microsoftonline.com';
  const realmOf = async (address: string) => evidenceFrom(await discover(address), from);
  assert.match(await realmOf('a@federated.example'), /^found: federated: .* at sts.federated.example/);
  assert.match(await realmOf('a@contoso.example'), /^found: managed/);
  assert.match(await realmOf('a@hidden.example'), /^nothing/);
});

test('Microsoft is told the domain, and nothing of who is asked about', async () => {
  internet.requests.length = 0;
  await discover('very.secret+tag@contoso.example');
  const told = internet.requests.filter((url) => !url.includes('contoso.example/autodiscover'));
  assert.ok(told.length >= 3);
  for (const url of told) assert.doesNotMatch(decodeURIComponent(url), /secret|tag/, url);
});
