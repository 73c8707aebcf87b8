import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeSelfSigned } from '../../src/oauth/client-auth/self-signed.ts';
import { temporaryFolder } from '../store/fixtures.ts';
import { addOutgoing, addProfile, addServer, openCommandLine } from './in-process.ts';

test('what is set changes, all else stays, and show tells it with names, never a secret', async (t) => {
  const { told, json } = await openCommandLine(t);
  await told(...addProfile);
  await told(...addServer, '--username', 'robot', '--folder', 'INBOX', '--folder', 'Team/*');
  const before = await json('server', 'show', 'Support');
  const changed = await told('server', 'set', 'support', '--port', '1993', '--shared');
  assert.equal(changed, `Changed the incoming email server Support (${before.id}), now at version 2.\n`);
  const after = await json('server', 'show', 'Support');
  assert.deepEqual(
    { ...after, updatedAt: '', state: '' },
    { ...before, port: 1993, shared: true, version: 2, updatedAt: '', state: '' },
  );
  const shown = await told('server', 'show', after.id);
  for (const [label, value] of [
    ['Name', 'Support'],
    ['Id', after.id],
    ['Condition', 'stopped'],
    ['Mailbox address', 'support@contoso\\.com'],
    ['This is a shared mailbox', 'Yes'],
    ['Credential profile', 'Contoso'],
    ['Folders', 'INBOX, Team/\\*'],
    ['Version', '2'],
  ])
    assert.match(shown, new RegExp(`^${label} +${value}$`, 'm'));
  const profile = await told('profile', 'show', 'Contoso');
  assert.match(profile, /^Authentication type +OAuth 2\.0$/m);
  assert.match(profile, /^Grant type +Authorization code$/m);
  assert.match(profile, /^Directory \(tenant\) ID +contoso\.com$/m);
  // What its choices hide.
  assert.doesNotMatch(profile, /Issuer|Token file|hush/);
});

test('somebody else’s change meanwhile is told, where the version that was seen is named', async (t) => {
  const { told, json, wrong, run } = await openCommandLine(t);
  await told(...addProfile);
  await told(...addServer);
  await told('server', 'set', 'Support', '--port', '1993');
  const late = ['server', 'set', 'Support', '--port', '2993', '--if-version', '1'];
  assert.deepEqual(await wrong(...late), { code: 1, lines: ['Port is now 1993, and was 993'] });
  const { problem } = JSON.parse((await run([...late, '--json'])).stderr);
  assert.deepEqual(
    [problem.code, problem.kind, problem.fields[0].field],
    ['record.changed', 'changed', 'port'],
  );
  assert.equal((await json('server', 'show', 'Support')).port, 1993);
  assert.equal((await json('server', 'set', 'Support', '--port', '2993', '--if-version', '2')).version, 3);
  assert.deepEqual(await wrong('server', 'set', 'Support', '--port', '1', '--if-version', '"x"'), {
    code: 2,
    lines: ['--if-version: expected a version such as 3, got "x"'],
  });
});

test('an empty value clears what need not be there, and nothing else', async (t) => {
  const { told, json, wrong } = await openCommandLine(t);
  await told(...addProfile);
  await told(...addOutgoing);
  await told(...addServer, '--username', 'robot', '--answer-with', 'out', '--answer-text', 'Thanks.');
  await told('destination', 'add', '--name', 'Tickets', '--url', 'https://x.example/', '--server', 'Support');
  assert.equal((await json('server', 'set', 'Support', '--username=')).username, null);
  const answering = await json('server', 'set', 'Support', '--answer-text', 'Thank you.');
  const { subject, text } = answering.acknowledgement;
  assert.deepEqual([subject, text], ['Auto: your mail has arrived', 'Thank you.']);
  assert.match(await told('server', 'show', 'Support'), /^Answer through +Out$/m);
  assert.equal((await json('server', 'set', 'Support', '--answer-with=')).acknowledgement, null);
  assert.equal((await json('destination', 'set', 'Tickets', '--server=')).servers, null);
  assert.equal((await json('outgoing', 'set', 'Out', '--display-name', 'Us')).displayName, 'Us');
  for (const [words, told] of [
    [['server', 'set', 'Support', '--name='], '--name: expected a value, got nothing'],
    [['server', 'set', 'Support', '--folder='], '--folder: expected a value, got nothing'],
    [['server', 'set', 'Support', '--profile='], '--profile: expected a value, got nothing'],
    [['profile', 'set', 'Contoso', '--client-secret='], '--client-secret: expected a value'],
  ] as const)
    assert.deepEqual(await wrong(...words), { code: 2, lines: [told] });
  // What follows from other fields does so anew.
  const set = ['server', 'set', 'Support'];
  const moved = await json(...set, '--host', 'outlook.office.com', '--port', '1993');
  assert.deepEqual([moved.host, moved.port], ['outlook.office.com', 1993]);
  const back = await json(...set, '--host=', '--port=');
  assert.deepEqual([back.host, back.port], ['outlook.office365.com', 993]);
});

test('a part says of the others what it can only mean; what goes with another choice goes with it', async (t) => {
  const { told, json, wrong } = await openCommandLine(t);
  await told(...addProfile);
  const afterIntake = async (...words: string[]) =>
    (await json('server', 'set', 'Support', ...words)).afterIntake;
  const added = await json(...addServer, '--move-to', 'Done');
  assert.deepEqual(added.afterIntake, { action: 'move', folder: 'Done' });
  assert.deepEqual(await afterIntake('--move-to', 'Read'), { action: 'move', folder: 'Read' });
  assert.deepEqual(await afterIntake('--delete-after-days', '30'), { action: 'delete', afterDays: 30 });
  assert.deepEqual(await afterIntake('--delete-after-days='), { action: 'delete' });
  assert.deepEqual(await afterIntake('--after-intake', 'leave'), { action: 'leave' });
  // Nobody has said that anything is to be deleted.
  assert.deepEqual(await afterIntake('--delete-after-days='), { action: 'leave' });
  const both = await wrong('server', 'set', 'Support', '--after-intake', 'leave', '--move-to', 'Done');
  assert.deepEqual(both, {
    code: 2,
    lines: ['--move-to: expected nothing, as there is no such field'],
  });
});

test('a tick is set and taken back, and not both', async (t) => {
  const { told, json, wrong } = await openCommandLine(t);
  const add = ['destination', 'add', '--url', 'https://x.example/', '--allow-duplicate', '--name'];
  assert.equal((await json(...add, 'On')).enabled, true);
  assert.equal((await json(...add, 'Off', '--no-enabled')).enabled, false);
  await told('destination', 'set', 'Off', '--enabled');
  assert.match(
    await told('destination', 'list'),
    /^Off +webhook +https:\/\/x\.example\/ +all +yes +- +dst_/m,
  );
  assert.deepEqual(await wrong('destination', 'set', 'Off', '--enabled', '--no-enabled'), {
    code: 2,
    lines: ['--enabled: may be given alone only', '--no-enabled: may be given alone only'],
  });
});

test('a command that sets says what: nothing at all is a mistake', async (t) => {
  const { told, wrong } = await openCommandLine(t);
  await told(...addProfile);
  for (const words of [
    ['profile', 'set', 'Contoso'],
    ['profile', 'set', 'Contoso', '--if-version', '1'],
  ])
    assert.deepEqual(await wrong(...words), { code: 2, lines: ['OPTION: must be given: what is to change'] });
  for (const words of [
    ['notifications', 'set'],
    ['notifications', 'set', '--off', '--to', 'a@b'],
  ])
    assert.deepEqual(await wrong(...words), {
      code: 2,
      lines: ['--off: expected either this or what is to change'],
    });
  assert.match(
    (await wrong('profile', 'set', 'Contosso', '--name', 'x')).lines[0] ?? '',
    /did you mean Contoso\?/,
  );
});

test('of what there is only one, set shows what it is then; off puts all of it back', async (t) => {
  const { told, json } = await openCommandLine(t);
  await told(...addProfile);
  await told(...addOutgoing);
  assert.match(
    await told('notifications', 'show'),
    /^Nobody is told\. See letterbox notifications set --help\./,
  );
  const to = ['--to', 'a@contoso.com', '--to', 'b@contoso.com'];
  const set = await told('notifications', 'set', '--outgoing', 'Out', ...to);
  assert.match(set, /^By mail, through +Out\nTo +a@contoso\.com b@contoso\.com$/m);
  assert.match(set, /^Version +1$/m);
  assert.deepEqual((await json('notifications', 'set', '--to', 'c@contoso.com')).addresses, [
    'c@contoso.com',
  ]);
  await told('notifications', 'set', '--off');
  const { outgoingServerId, addresses } = await json('notifications', 'show');
  assert.deepEqual([outgoingServerId, addresses], [null, []]);
});

test('a secret is replaced only where one is given', async (t) => {
  const { told, run, letterbox } = await openCommandLine(t);
  await told(...addProfile);
  const [profile] = await letterbox.administration.profiles.list();
  const sealed = () => letterbox.store.secrets.read(profile?.id ?? '', 'client-secret');
  const first = await sealed();
  const environment = { LETTERBOX_CLIENT_SECRET: 'other~' };
  assert.equal((await run(['profile', 'set', 'Contoso', '--name', 'Contoso 2'], { environment })).code, 0);
  assert.deepEqual(await sealed(), first);
  const given = await run(['profile', 'set', 'Contoso 2', '--client-secret-stdin'], { input: 'new~\n' });
  assert.deepEqual([given.code, given.stderr], [0, '']);
  assert.notDeepEqual(await sealed(), first);
});

test('a certificate and its private key come from one file, or from two', async (t) => {
  const { json } = await openCommandLine(t);
  const folder = temporaryFolder(t);
  const { key, certificate } = await makeSelfSigned('Contoso');
  const [one, other] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  writeFileSync(one, certificate);
  writeFileSync(other, key);
  const added = await json(
    ...addProfile.filter((word) => !['--client-secret', 'hush~'].includes(word)),
    ...['--client-authentication', 'certificate', '--certificate-file', one, '--private-key-file', other],
  );
  assert.equal(added.clientCertificate.pem.trim(), certificate.trim());
  writeFileSync(one, `${certificate}\n${key}`);
  const set = await json('profile', 'set', 'Contoso', '--certificate-file', one);
  assert.equal(set.clientCertificate.sha256, added.clientCertificate.sha256);
});
