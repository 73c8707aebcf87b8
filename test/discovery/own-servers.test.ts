import assert from 'node:assert/strict';
import { test } from 'node:test';
import { file } from '../../lab/internet/sites.ts';
import { clientConfig } from './files.ts';
import { evidenceFrom, settingsOf, startDiscovering } from './world.ts';

const place = '/mail/config-v1.1.xml';
const wellKnown = '/.well-known/autoconfig/mail/config-v1.1.xml';
const imap = (hostname: string) => ({ type: 'imap', hostname, port: 993 });

const world = await startDiscovering({
  records: [
    // Nothing but SRV records
    'srv.example. MX 10 mx.srv.example.',
    '_imaps._tcp.srv.example. SRV 10 5 993 second.srv.example.',
    '_imaps._tcp.srv.example. SRV 10 50 1993 heavy.srv.example.',
    '_imaps._tcp.srv.example. SRV 20 90 993 last.srv.example.',
    '_imap._tcp.srv.example. SRV 0 0 0 .',
    '_pop3s._tcp.srv.example. SRV 0 0 995 pop.srv.example.',
    '_submission._tcp.srv.example. SRV 0 0 587 out.srv.example.',
    '_submissions._tcp.srv.example. SRV 0 0 465 out.srv.example.',
    // IMAP with TLS is not offered, with STARTTLS it is
    '_imaps._tcp.starttls.example. SRV 0 0 0 .',
    '_imap._tcp.starttls.example. SRV 0 0 143 mail.starttls.example.',
    // No IMAP at all
    '_imaps._tcp.pop.example. SRV 0 0 0 .',
    '_imap._tcp.pop.example. SRV 0 0 0 .',
    '_pop3s._tcp.pop.example. SRV 0 0 995 mail.pop.example.',
    // At a host of somebody else
    '_imaps._tcp.outside.example. SRV 0 0 993 imap.elsewhere.example.',
    '_imaps._tcp.at-google.example. SRV 0 0 993 imap.gmail.com.',
    // Google
    'workspace.example. MX 1 smtp.google.com.',
    'older.example. MX 1 aspmx.l.google.com.',
    'older.example. MX 5 alt1.aspmx.l.google.com.',
    'gmail.com. MX 5 gmail-smtp-in.l.google.com.',
    'web-host.example. MX 1 aspmx.l.google.com.',
    // A provider by its MX hosts
    'hosted.example. MX 10 in1-smtp.messaging.hoster.example.',
    'in-filter.example. MX 10 mx1.hornetsecurity.com.',
    '_imaps._tcp.vouched.example. SRV 0 0 993 mail.hoster.example.',
    '_imaps._tcp.two.example. SRV 0 0 993 old.two.example.',
  ],
  tenants: { 'workspace.example': { id: '11111111-2222-3333-4444-555555555555' } },
  database: {
    'listed.example': clientConfig([imap('imap.listed.example')]),
    'vouched.example': clientConfig([imap('mail.hoster.example')]),
    'hoster.example': clientConfig([
      { type: 'pop3', hostname: 'pop.hoster.example', port: 995 },
      { ...imap('imap.hoster.example'), username: '%EMAILADDRESS%' },
    ]),
    'gmail.com': clientConfig([{ ...imap('imap.gmail.com'), authentication: ['OAuth2'] }]),
  },
  sites: {
    'autoconfig.own.example': file(
      place,
      clientConfig([
        { type: 'pop3', hostname: 'pop.%EMAILDOMAIN%', port: 110, socketType: 'STARTTLS' },
        { type: 'imap', hostname: 'mail.own.example', port: 143, socketType: 'STARTTLS' },
        { ...imap('mail.own.example'), username: '%EMAILLOCALPART%' },
        { type: 'smtp', hostname: 'smtp.own.example', port: 587, socketType: 'STARTTLS' },
      ]),
    ),
    'known.example': file(wellKnown, clientConfig([imap('mail.known.example')])),
    'autoconfig.token.example': file(
      place,
      clientConfig([{ ...imap('mail.token.example'), authentication: ['OAuth2', 'password-cleartext'] }], {
        oauth: {
          issuer: 'id.token.example',
          at: 'https://id.token.example/oauth2',
          scope: 'mail offline_access',
        },
      }),
    ),
    'autoconfig.insecure-token.example': file(
      place,
      clientConfig([{ ...imap('mail.insecure-token.example'), authentication: ['OAuth2'] }], {
        oauth: { issuer: 'id.example', at: 'http://id.example', scope: 'mail' },
      }),
    ),
    'autoconfig.either.example': file(
      place,
      clientConfig([
        {
          ...imap('mail.either.example'),
          socketType: 'ssl',
          authentication: ['oauth2', 'Password-Cleartext'],
        },
      ]),
    ),
    'autoconfig.issuer.example': file(
      place,
      clientConfig([{ ...imap('mail.issuer.example'), authentication: ['OAuth2'] }], {
        oauth: { issuer: 'accounts.google.com', at: 'https://accounts.google.com', scope: 'mail' },
      }),
    ),
    'autoconfig.plain.example': file(
      place,
      clientConfig([
        { type: 'imap', hostname: 'mail.plain.example', port: 143, socketType: 'plain' },
        { type: 'nntp', hostname: 'news.plain.example', port: 563 },
        { type: 'imap', hostname: 'bad host', port: 993 },
        { type: 'imap', hostname: 'mail.plain.example', port: 99999 },
        { type: 'imap', hostname: 'mail.plain.example', port: 993.5 },
      ]),
    ),
    'autoconfig.named.example': file(
      place,
      clientConfig([
        { ...imap('named.example'), username: '%CUSTOMER%' },
        // As a file of Thunderbird's database once had it
        { ...imap('typo.named.example'), username: '%EMAILADDRESS' },
      ]),
    ),
    // As web hosts put it up for every domain
    'autoconfig.web-host.example': file(place, clientConfig([imap('mail.web-host.example')])),
    'autoconfig.two.example': file(place, clientConfig([imap('new.two.example')])),
    'autoconfig.exchange.example': file(
      place,
      `<clientConfig version="1.1"><emailProvider id="exchange.example">
        <incomingServer type="ews"><username>%EMAILADDRESS%</username>
          <url>https://ews.exchange.example/ews/exchange.asmx</url></incomingServer>
      </emailProvider></clientConfig>`,
    ),
    // As entries of Thunderbird's database for Exchange are shaped: the older element, and one that nobody reads mail by
    'autoconfig.older-exchange.example': file(
      place,
      `<clientConfig version="1.1"><emailProvider id="older-exchange.example">
        <incomingServer type="owa"><username>%EMAILADDRESS%</username>
          <url>https://mail.older-exchange.example/owa/</url></incomingServer>
        <incomingServer type="exchange"><hostname>mail.older-exchange.example</hostname><port>443</port>
          <username>%EMAILADDRESS%</username><socketType>SSL</socketType><authentication>OAuth2</authentication>
          <owaURL>https://mail.older-exchange.example/owa/</owaURL>
          <ewsURL>https://mail.older-exchange.example:8443/ews/exchange.asmx</ewsURL></incomingServer>
        <incomingServer type="ews"><url>http://mail.older-exchange.example/ews/</url></incomingServer>
      </emailProvider></clientConfig>`,
    ),
    'autoconfig.xn--bcher-kva.example': file(place, clientConfig([imap('mail.%EMAILDOMAIN%')])),
    'autoconfig.quotes.example': file(
      place,
      clientConfig([{ ...imap('mail.quotes.example'), username: '%EMAILLOCALPART%' }]),
    ),
  },
});
const { discover, internet } = world;

test('the servers of a domain that has SRV records only are taken by priority, then by weight', async () => {
  const found = await discover('support@srv.example');
  const from = 'SRV _imaps._tcp.srv.example';
  assert.deepEqual(settingsOf(found, 'server'), {
    protocol: `imap, by ${from}`,
    host: `heavy.srv.example, by ${from}`,
    security: `tls, by ${from}`,
    port: `1993, by ${from}`,
    username: `null, by ${from}`,
  });
  const hosts = found.servers.filter(({ protocol }) => protocol === 'imap').map(({ host }) => host);
  assert.deepEqual(hosts, ['heavy.srv.example', 'second.srv.example', 'last.srv.example']);
  assert.equal(
    settingsOf(found, 'outgoing-server').security,
    'tls, by SRV _submissions._tcp.srv.example',
    'RFC 8314 prefers TLS from the first byte',
  );
  assert.deepEqual(
    settingsOf(found, 'profile'),
    { uses: `imap, by ${from}` },
    'nobody says how one signs in',
  );
  assert.match(found.summary, /^srv.example: IMAP at heavy.srv.example/);
});

test('a target of “.” says that the service is not offered', async () => {
  const found = await discover('a@starttls.example');
  assert.equal(evidenceFrom(found, 'SRV _imaps._tcp.starttls.example'), 'found: says that it is not offered');
  const { host, security, port } = settingsOf(found, 'server');
  assert.deepEqual(
    [host, security, port].map((one) => one?.split(',')[0]),
    ['mail.starttls.example', 'starttls', '143'],
  );
  const pop = await discover('a@pop.example');
  assert.equal(settingsOf(pop, 'server').protocol, 'pop3, by SRV _pop3s._tcp.pop.example');
  const wanted = await discover('a@pop.example', 'imap');
  assert.deepEqual(settingsOf(wanted, 'server'), {});
  assert.match(wanted.remarks.join(), /Nothing is known of IMAP; what is known: POP3/);
});

test('a host of others that only the DNS names is offered with a warning, which goes where somebody vouches for it', async () => {
  const remarkOf = async (address: string) => {
    const found = await discover(address);
    return found.settings.server?.find(({ field }) => field === 'host');
  };
  const outside = await remarkOf('a@outside.example');
  assert.equal(outside?.value, 'imap.elsewhere.example');
  assert.match(outside?.remark ?? '', /is not of outside.example, and answers of the DNS can be forged/);
  const vouched = await remarkOf('a@vouched.example');
  assert.deepEqual(
    [vouched?.value, vouched?.from, vouched?.remark],
    ['mail.hoster.example', 'Thunderbird’s database, SRV _imaps._tcp.vouched.example', null],
  );
});

test('the domain’s own file is read: the best server, its placeholders filled in', async () => {
  const found = await discover('support@own.example');
  const from = 'autoconfig.own.example';
  assert.deepEqual(settingsOf(found, 'server'), {
    protocol: `imap, by ${from}`,
    host: `mail.own.example, by ${from}`,
    security: `tls, by ${from}`,
    port: `993, by ${from}`,
    username: `support, by ${from}`,
  });
  assert.match(settingsOf(found, 'outgoing-server').host ?? '', /^smtp.own.example,/);
  assert.deepEqual(settingsOf(found, 'profile'), {
    provider: `custom, by ${from}`,
    authentication: `password, by ${from}`,
    uses: `imap, by ${from}`,
  });
  const pop = await discover('support@own.example', 'pop3');
  assert.match(settingsOf(pop, 'server').host ?? '', /^pop.own.example,/);
  assert.match(settingsOf(pop, 'server').security ?? '', /^starttls,/);
});

test('the well-known place of the domain serves as well, and is not told the address', async () => {
  internet.requests.length = 0;
  const found = await discover('who.it.is@known.example');
  assert.equal(
    settingsOf(found, 'server').host,
    'mail.known.example, by known.example/.well-known/autoconfig',
  );
  assert.deepEqual(
    internet.requests.filter((url) => url.includes('//known.example')),
    [`https://known.example${wellKnown}`],
  );
});

test('an authority that the file names makes a profile of that', async () => {
  const found = await discover('support@token.example');
  const from = 'autoconfig.token.example';
  assert.deepEqual(settingsOf(found, 'profile'), {
    provider: `custom, by ${from}`,
    authentication: `oauth2, by ${from}`,
    grant: `authorization_code, by ${from}`,
    uses: `imap, by ${from}`,
    authorizationUrl: `https://id.token.example/oauth2/authorize, by ${from}`,
    tokenUrl: `https://id.token.example/oauth2/token, by ${from}`,
    scopes: `mail,offline_access, by ${from}`,
  });
  const insecure = await discover('support@insecure-token.example');
  assert.deepEqual(
    Object.keys(settingsOf(insecure, 'profile')),
    ['uses'],
    'an authority without https is none',
  );
  const either = await discover('support@either.example');
  assert.match(
    settingsOf(either, 'profile').authentication ?? '',
    /^password,/,
    'without an authority, by password',
  );
  const known = await discover('support@issuer.example');
  assert.equal(settingsOf(known, 'profile').provider, 'google, by autoconfig.issuer.example');
});

test('servers that cannot be used are left out, each with why', async () => {
  const found = await discover('support@plain.example');
  assert.deepEqual(settingsOf(found, 'server'), {});
  const said = evidenceFrom(found, 'autoconfig.plain.example');
  assert.match(said, /left out imap at mail.plain.example: it is not encrypted/);
  assert.match(said, /nntp at news.plain.example: another protocol/);
  assert.match(said, /imap at bad host: that is no host/);
  assert.match(said, /it has no port/);
  const named = evidenceFrom(await discover('support@named.example'), 'autoconfig.named.example');
  assert.match(
    named,
    /imap at named.example: its user name cannot be told.*typo.named.example: its user name/,
  );
});

test('a file may name Exchange Web Services by their URL', async () => {
  const found = await discover('a@exchange.example');
  assert.equal(settingsOf(found, 'server').protocol, 'ews, by autoconfig.exchange.example');
  assert.match(settingsOf(found, 'server').host ?? '', /^ews.exchange.example,/);
  const older = await discover('a@older-exchange.example');
  assert.deepEqual(
    older.servers.map(({ protocol, host, port }) => [protocol, host, port]),
    [['ews', 'mail.older-exchange.example', 8443]],
  );
});

test('Thunderbird’s database is asked by the domain, and by whose host takes in the mail', async () => {
  const listed = await discover('a@listed.example');
  assert.equal(settingsOf(listed, 'server').host, 'imap.listed.example, by Thunderbird’s database');
  const hosted = await discover('a@hosted.example');
  assert.equal(
    settingsOf(hosted, 'server').host,
    'imap.hoster.example, by Thunderbird’s database, by MX (hoster.example)',
    'IMAP before POP3, in whatever order they stand',
  );
});

test('the database is told domains only, and not those of filters and known providers', async () => {
  internet.requests.length = 0;
  for (const domain of ['hosted.example', 'in-filter.example', 'workspace.example', 'srv.example'])
    await discover(`who.it.is@${domain}`);
  assert.deepEqual(internet.requests.filter((url) => url.includes('autoconfig.thunderbird.net')).toSorted(), [
    'https://autoconfig.thunderbird.net/v1.1/hosted.example',
    'https://autoconfig.thunderbird.net/v1.1/hoster.example',
    'https://autoconfig.thunderbird.net/v1.1/in-filter.example',
    'https://autoconfig.thunderbird.net/v1.1/messaging.hoster.example',
    'https://autoconfig.thunderbird.net/v1.1/srv.example',
    'https://autoconfig.thunderbird.net/v1.1/workspace.example',
  ]);
});

test('Google Workspace and Gmail are known by their MX records, a tenant at Microsoft or not', async () => {
  for (const [domain, service] of [
    ['workspace.example', 'Google Workspace'],
    ['older.example', 'Google Workspace'],
    ['gmail.com', 'Gmail'],
  ] as const) {
    const found = await discover(`ann@${domain}`);
    assert.match(found.summary, new RegExp(`^${domain}: ${service} \\(MX of ${domain}`));
    assert.match(settingsOf(found, 'profile').provider ?? '', /^google,/);
    assert.equal(settingsOf(found, 'profile').tenant, undefined);
    assert.match(settingsOf(found, 'server').host ?? '', /^imap.gmail.com,/);
    assert.match(settingsOf(found, 'outgoing-server').host ?? '', /^smtp.gmail.com,/);
  }
  const { remarks } = await discover('ann@workspace.example');
  assert.match(remarks.join(), /has a tenant at Microsoft as well; its mail is at Google Workspace/);
  const bySrv = await discover('ann@at-google.example');
  assert.match(settingsOf(bySrv, 'profile').provider ?? '', /^google, by SRV _imaps._tcp.at-google.example/);
});

test('a file that a web host put up does not stand against the MX records; that they do not agree is shown', async () => {
  const found = await discover('a@web-host.example');
  assert.match(settingsOf(found, 'server').host ?? '', /^imap.gmail.com, by MX/);
  assert.deepEqual(found.conflicts, [
    {
      what: 'Incoming mail server',
      taken: { value: 'imap.gmail.com', from: 'MX of web-host.example' },
      others: [{ value: 'mail.web-host.example', from: 'autoconfig.web-host.example' }],
    },
  ]);
});

test('a file comes before SRV records', async () => {
  const found = await discover('a@two.example');
  assert.equal(settingsOf(found, 'server').host, 'new.two.example, by autoconfig.two.example');
  assert.deepEqual(
    found.conflicts.map(({ taken, others }) => [taken.value, ...others.map(({ value }) => value)]),
    [['new.two.example', 'old.two.example']],
  );
});

test('a domain of other letters is asked for as the DNS has it', async () => {
  const found = await discover('info@Bücher.example');
  assert.deepEqual([found.address, found.domain], ['info@Bücher.example', 'xn--bcher-kva.example']);
  assert.match(settingsOf(found, 'server').host ?? '', /^mail.xn--bcher-kva.example,/);
});

test('plus and quotes in an address come to the domain as they are', async () => {
  internet.requests.length = 0;
  const address = `"o'neil+&%20"@quotes.example`;
  const found = await discover(address);
  assert.match(settingsOf(found, 'server').username ?? '', /^"o'neil\+&%20", by/);
  const asked = internet.requests.find((url) => url.includes('autoconfig.quotes.example'));
  assert.equal(new URL(asked ?? '').searchParams.get('emailaddress'), address);
});

test('what is no address of a domain is refused, and nothing is asked', async () => {
  internet.requests.length = 0;
  for (const address of [
    '',
    'contoso.example',
    'a@localhost',
    'a@127.0.0.1',
    'a@[127.0.0.1]',
    'a@0x7f.1',
    'a@b_c.example',
    'a@-.example',
    `a@${'b'.repeat(64)}.example`,
    `a@${'b.'.repeat(120)}example`,
    'a@contoso.example/x',
    'a@contoso.example:25',
    'a b@contoso.example',
    'a@b\n.example',
  ])
    await assert.rejects(discover(address), { code: 'input.invalid' }, address);
  for (const address of [null, 5, ['a@contoso.example'], {}])
    await assert.rejects(discover(address as never), { code: 'input.invalid' });
  assert.deepEqual(internet.requests, []);
});
