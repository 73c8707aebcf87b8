import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, test } from 'node:test';
import { file, redirect, type Site } from '../../lab/internet/sites.ts';
import { allowHosts } from '../../src/network/allowed-hosts.ts';
import { until } from '../until.ts';
import { clientConfig } from './files.ts';
import { evidenceFrom, settingsOf, startDiscovering } from './world.ts';

after(() => allowHosts([]));

const place = '/mail/config-v1.1.xml';
const good = clientConfig([{ type: 'imap', hostname: 'mail.good.example', port: 993 }]);
const bomb = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>
<clientConfig version="1.1"><emailProvider id="&d;"/></clientConfig>`;
const external = `<!DOCTYPE clientConfig [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<clientConfig><emailProvider><incomingServer type="imap"><hostname>&x;</hostname></incomingServer></emailProvider></clientConfig>`;

const abandoned: string[] = [];
/** Writes for ever, a piece at a time, until the other side hangs up. */
const endless =
  (name: string, piece: string, everyMs: number): Site =>
  (_url, response) => {
    response.writeHead(200, { 'content-type': 'text/xml' });
    const timer = setInterval(() => response.write(piece), everyMs);
    response.once('close', () => {
      clearInterval(timer);
      abandoned.push(name);
    });
  };
const answer =
  (status: number, body = ''): Site =>
  (_url, response: ServerResponse) =>
    response.writeHead(status, { 'content-type': 'text/html' }).end(body);

const world = await startDiscovering({
  records: [
    'gone.example. MX 0 .',
    'autoconfig.inside.example. A 10.1.2.3',
    'autoconfig.metadata.example. A 169.254.169.254',
    'autoconfig.mixed.example. A 127.0.0.1',
    'autoconfig.mixed.example. A 192.168.1.1',
    'autoconfig.mapped.example. AAAA ::ffff:10.0.0.1',
    'internal.example. A 10.0.0.1',
    'autoconfig.refused.example. A 127.0.0.1',
    '_imaps._tcp.odd.example. SRV 0 0 993 127.0.0.1.',
    '_imaps._tcp.no-port.example. SRV 0 0 0 mail.no-port.example.',
    'many.example. MX 10 mx.many.example.',
    ...Array.from(
      { length: 200 },
      (_, n) => `_imaps._tcp.many.example. SRV 0 ${n} 993 mail${n}.many.example.`,
    ),
    'loop.example. MX 0 mx.loop.example.',
    'autodiscover.loop.example. CNAME autodiscover2.loop.example.',
    'autodiscover2.loop.example. CNAME autodiscover.loop.example.',
  ],
  broken: ['broken.example'],
  sites: {
    'autoconfig.good.example': file(place, good),
    'autoconfig.half.example': file(place, good.slice(0, 300)),
    'autoconfig.html.example': answer(200, '<!doctype html><html><body>Welcome</body></html>'),
    'autoconfig.other.example': file(place, '<html><clientConfig/></html>'),
    'autoconfig.empty.example': file(place, ''),
    'autoconfig.bomb.example': file(place, bomb),
    'autoconfig.external.example': file(place, external),
    'autoconfig.entity.example': file(place, good.replace('mail.good.example', '&host;')),
    'autoconfig.deep.example': file(place, '<clientConfig>'.repeat(5_000)),
    'autoconfig.large.example': file(place, `<clientConfig>${' '.repeat(10 * 1024 * 1024)}</clientConfig>`),
    'autoconfig.endless.example': endless('endless', ' '.repeat(64 * 1024), 1),
    'autoconfig.drip.example': endless('drip', ' ', 50),
    'autoconfig.silent.example': () => {},
    'autoconfig.error.example': answer(500),
    'autoconfig.http.example': redirect('http://autoconfig.good.example/mail/config-v1.1.xml'),
    'autoconfig.within.example': redirect('https://internal.example/mail/config-v1.1.xml'),
    'autoconfig.literal.example': redirect('https://169.254.169.254/latest/meta-data/'),
    'autoconfig.port.example': redirect('https://autoconfig.good.example:8443/mail/config-v1.1.xml'),
    'autoconfig.user.example': redirect('https://root:secret@autoconfig.good.example/mail/config-v1.1.xml'),
    'autoconfig.file.example': redirect('file:///etc/passwd'),
    'autoconfig.round.example': redirect('https://autoconfig.round.example/again'),
    'autoconfig.once.example': redirect('https://autoconfig.good.example/mail/config-v1.1.xml'),
    'autodiscover.html.example': answer(200, '<html></html>'),
    'autodiscover.http.example': answer(200, '{"Protocol":"EWS","Url":"http://mail.http.example/EWS/"}'),
  },
});
const { discover, discoverBy, internet } = world;
const said = async (name: string) =>
  evidenceFrom(await discover(`a@${name}.example`), `autoconfig.${name}.example`);

test('the guards leave through what is in order', async () => {
  assert.match(await said('good'), /^found: imap at mail.good.example:993/);
});

test('what is no autoconfig file is passed over, with why', async () => {
  for (const [name, why] of [
    ['half', /it ends too early/],
    ['html', /no such file/],
    ['other', /its root is not clientConfig/],
    ['empty', /it is empty/],
    ['deep', /too deep/],
    ['error', /status 500/],
  ] as const) {
    const found = await discover(`a@${name}.example`);
    assert.match(
      evidenceFrom(found, `autoconfig.${name}.example`),
      new RegExp(`^failed: .*${why.source}`),
      name,
    );
    assert.deepEqual(settingsOf(found, 'server'), {}, name);
  }
});

test('a file that declares entities is not read, and one that uses them names no server', async () => {
  assert.match(await said('bomb'), /^failed: .*doc(ument )?type/);
  assert.match(await said('external'), /^failed: .*doc(ument )?type/);
  assert.match(await said('entity'), /^failed: .*an entity that is not one of the five/);
});

test('a file is read up to its bound in size', async () => {
  assert.match(await said('large'), /^failed: the answer is longer than 262144 bytes/);
  assert.match(await said('endless'), /^failed: the answer is longer than 262144 bytes/);
  await until('the endless one is hung up on', () => abandoned.includes('endless'));
});

test('whoever answers slowly, or not at all, costs no more than the time that there is', async () => {
  const within = { internet: { patienceMs: 600 } };
  for (const name of ['drip', 'silent']) {
    const found = await discoverBy(within, `a@${name}.example`);
    assert.match(
      evidenceFrom(found, `autoconfig.${name}.example`),
      /^failed: (no answer in time|the answer takes too long)/,
    );
  }
  await until('the slow one is hung up on', () => abandoned.includes('drip'));
});

test('a name that leads into the network is not connected to, however it does', async () => {
  for (const name of ['inside', 'metadata', 'mixed', 'mapped'])
    assert.match(
      await said(name),
      new RegExp(
        `^failed: That is an address in a private network \\(autoconfig.${name}.example is .*discovery.allowPrivateAddresses`,
      ),
      name,
    );
});

test('a redirect is followed to https at a public address only, and not for ever', async () => {
  internet.requests.length = 0;
  assert.match(await said('once'), /^found: imap at mail.good.example/);
  for (const [name, why] of [
    ['http', /it leads to http:\/\/autoconfig.good.example, and only https is believed/],
    ['within', /internal.example is 10.0.0.1/],
    ['literal', /169.254.169.254/],
    ['port', /no usual place/],
    ['user', /no usual place/],
    ['file', /only https is believed/],
    ['round', /it leads on and on/],
  ] as const)
    assert.match(await said(name), new RegExp(`^failed: .*${why.source}`), name);
  assert.equal(internet.requests.filter((url) => url.includes('autoconfig.round')).length, 4);
  assert.equal(internet.requests.filter((url) => url.includes('autoconfig.good')).length, 1);
});

test('a certificate for another name is not believed', async () => {
  assert.match(await said('refused'), /^failed: the certificate is for another host name/);
});

test('what an Exchange Server answers is believed only as far as it is one', async () => {
  const of = async (name: string) =>
    evidenceFrom(await discover(`a@${name}.example`), `autodiscover.${name}.example`);
  assert.match(await of('html'), /^failed: what it answers is something else/);
  assert.match(await of('http'), /^failed: what it answers is something else/);
});

test('SRV records that name no host are passed over, and of many not all are looked at', async () => {
  const odd = await discover('a@odd.example');
  assert.match(evidenceFrom(odd, 'SRV _imaps._tcp.odd.example'), /^failed: what it names is no host/);
  const noPort = await discover('a@no-port.example');
  assert.match(evidenceFrom(noPort, 'SRV _imaps._tcp.no-port.example'), /^failed/);
  const many = await discover('a@many.example');
  assert.ok(many.servers.length <= 20);
  const line = many.evidence.find(({ from }) => from.startsWith('SRV _imaps'))?.detail ?? '';
  assert.ok(line.length <= 301, 'what is said is short');
});

test('a name that leads round in a circle ends', async () => {
  const found = await discover('a@loop.example');
  assert.match(evidenceFrom(found, 'CNAME of autodiscover.loop.example'), /^(failed|nothing)/);
});

test('a domain that is not there, takes no mail, or whose name servers fail: each is told', async () => {
  const missing = await discover('a@no-such-domain.example');
  assert.match(missing.remarks.join(), /no-such-domain.example is not in the DNS: check the address/);
  assert.match(missing.summary, /^Nothing was found/);
  assert.match((await discover('a@gone.example')).remarks.join(), /gone.example takes no mail/);
  const broken = await discover('a@broken.example');
  assert.match(evidenceFrom(broken, 'MX of broken.example'), /^failed: .*SERVFAIL/);
  assert.doesNotMatch(broken.remarks.join(), /not in the DNS/);
});

test('name servers that do not answer end the search in time, with nothing found', async () => {
  internet.dns.hang();
  try {
    const found = await discoverBy({ internet: { patienceMs: 500 } }, 'a@good.example');
    assert.ok(found.evidence.length > 10);
    for (const { from, state } of found.evidence) assert.equal(state, 'failed', from);
    assert.deepEqual(Object.values(found.settings).flat(), []);
  } finally {
    internet.dns.goOn();
  }
  assert.match(await said('good'), /^found/);
});

test('network.allowedHosts holds for whoever is asked, and is told of servers that it does not allow', async () => {
  allowHosts(['autoconfig.good.example']);
  internet.requests.length = 0;
  try {
    const found = await discover('a@good.example');
    assert.deepEqual(
      internet.requests.map((url) => new URL(url).hostname),
      ['autoconfig.good.example'],
    );
    assert.match(
      evidenceFrom(found, 'tenant discovery at login.microsoftonline.com'),
      /^failed: The configuration does not allow connections to this host/,
    );
    const host = found.settings.server?.find(({ field }) => field === 'host');
    assert.match(
      host?.remark ?? '',
      /network.allowedHosts .* does not allow connections to mail.good.example/,
    );
  } finally {
    allowHosts([]);
  }
});
