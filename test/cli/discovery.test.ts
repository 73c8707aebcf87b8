import assert from 'node:assert/strict';
import { test } from 'node:test';
import { file } from '../../lab/internet/sites.ts';
import { clientConfig } from '../discovery/files.ts';
import { startDiscovering } from '../discovery/world.ts';
import { openCommandLine } from './in-process.ts';

const tenantId = '11111111-2222-3333-4444-555555555555';
const { internet: lab } = await startDiscovering({
  records: ['contoso.example. MX 0 contoso-example.mail.protection.outlook.com.'],
  tenants: { 'contoso.example': { id: tenantId } },
  sites: {
    'autoconfig.own.example': file(
      '/mail/config-v1.1.xml',
      clientConfig([
        {
          type: 'imap',
          hostname: 'mail.own.example',
          port: 1143,
          socketType: 'STARTTLS',
          username: '%EMAILLOCALPART%',
        },
      ]),
    ),
  },
});
const internet = { nameServers: lab.nameServers, httpsPort: lab.httpsPort, patienceMs: 5_000 };
const open = (t: Parameters<typeof openCommandLine>[0]) =>
  openCommandLine(t, undefined, {
    internet,
    settings: { discovery: { allowPrivateAddresses: ['127.0.0.1/32'] } },
  });

const profile = ['profile', 'add', '--name', 'Contoso', '--client-id', tenantId, '--client-secret', 'hush~'];
const server = ['server', 'add', '--name', 'Support', '--address', 'support@own.example', '--profile', 'Own'];
const ownProfile = [
  ...['profile', 'add', '--name', 'Own', '--provider', 'custom', '--authentication', 'password'],
  ...['--password', 'hush~'],
];

/** What is asked of every new server; there is nothing to say to it. */
const passwordAgain: [string, string] = ['Password again', ''];

test('discover tells what was found, from where, and where it was looked', async (t) => {
  const { run, json } = await open(t);
  const { code, stdout } = await run(['discover', 'support@contoso.example']);
  assert.equal(code, 0);
  assert.match(stdout, /^contoso.example: Microsoft 365 \(MX of contoso.example\)\.$/m);
  assert.match(stdout, /^Credential profile:$/m);
  assert.match(
    stdout,
    new RegExp(`^ {2}Directory \\(tenant\\) ID: ${tenantId}, found in tenant discovery at `, 'm'),
  );
  assert.match(stdout, /^ {2}Mail server: outlook.office365.com, found in MX of contoso.example\.$/m);
  assert.match(stdout, /^SRV _imaps._tcp.contoso.example +nothing +the name is not in the DNS$/m);
  const found = await json('discover', 'support@contoso.example', '--protocol', 'graph');
  assert.equal(found.settings.server[0].value, 'graph');
});

test('discover ends with exit code 1 where nothing is found, and 2 where it is asked wrongly', async (t) => {
  const { run } = await open(t);
  const nothing = await run(['discover', 'a@nowhere.example']);
  assert.equal(nothing.code, 1);
  assert.match(nothing.stdout, /^Nothing was found/);
  assert.equal((await run(['discover', 'nobody'])).code, 1);
  assert.equal((await run(['discover', 'a@contoso.example', '--protocol', 'gopher'])).code, 2);
  assert.equal((await run(['discover'])).code, 2);
});

test('on a terminal a server is found by its address, and taken after a yes', async (t) => {
  const { run, told, json } = await open(t);
  await told(...ownProfile);
  const refused = await run([...server, '--paused'], {
    answers: [['Find the mail server of support@own.example', 'yes'], ['Take these?', 'no'], passwordAgain],
  });
  assert.equal(refused.code, 2, 'without a host a server of one’s own is none');
  const { code, stderr } = await run([...server, '--paused'], {
    answers: [['Find the mail server of support@own.example', 'yes'], ['Take these?', 'yes'], passwordAgain],
  });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Mail server: mail.own.example, found in autoconfig.own.example\./);
  const [added] = await json('server', 'list');
  assert.deepEqual(
    [added.host, added.port, added.security, added.username],
    ['mail.own.example', 1143, 'starttls', 'support'],
  );
});

test('nothing is looked for without a yes, nor where the server was given', async (t) => {
  const { run, told } = await open(t);
  await told(...ownProfile);
  lab.requests.length = 0;
  await run(server, { answers: [['Find the mail server of support@own.example', ''], passwordAgain] });
  const { code, stderr } = await run([...server, '--host', 'mine.own.example', '--paused'], {
    answers: [passwordAgain],
  });
  assert.deepEqual([code, /Find the mail server/.test(stderr)], [0, false], stderr);
  assert.deepEqual(lab.requests, []);
});

test('on a terminal a profile is found by an address that it asks for', async (t) => {
  const { run, json } = await open(t);
  const { code, stderr } = await run(profile, {
    answers: [
      ['Mail address to find provider and tenant by', ' support@contoso.example '],
      ['Take these?', 'y'],
    ],
  });
  assert.equal(code, 0, stderr);
  const [added] = await json('profile', 'list');
  assert.deepEqual([added.provider, added.tenant, added.cloud], ['microsoft', tenantId, 'worldwide']);
});

test('what cannot be found stops nothing', async (t) => {
  const { run } = await open(t);
  const { code, stderr } = await run(profile, {
    answers: [['Mail address to find provider and tenant by', 'nobody']],
  });
  assert.match(stderr, /address: expected a mail address/);
  assert.equal(code, 2, 'the tenant is missing still');
  assert.match(stderr, /--tenant/);
});
