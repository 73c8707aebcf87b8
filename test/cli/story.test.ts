import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bigMail, makeMail } from '../../lab/mail.ts';
import { mailbox, startWorld, until } from '../end-to-end/world.ts';
import { openShell } from './shell.ts';

const hostile = Buffer.from(
  'From: Eve <eve@evil.example>\r\nSubject: =?utf-8?B?G1sySuKArmRldGVsZWQ=?=\r\n\r\n\u001b]0;mine\u0007Hello\u009b2J\r\n',
);

test('the whole story from a shell, while no server runs and then through one', async (t) => {
  const world = await startWorld(t);
  const { authority, dovecot, receiver } = world;
  const settings = { ...world.settings, intake: { maxMessageBytes: 64 * 1024 } };
  const shell = openShell(world.after, { folder: world.folder, settings });
  const { letterbox, json } = shell;
  await dovecot.fill(mailbox, [makeMail(0), makeMail(1), bigMail(100_000), hostile]);

  const app = authority.register({ appOnly: true, upn: mailbox, clientSecret: 'lab~ +&%"\'\\=' });
  writeFileSync(join(shell.folder, 'secret.txt'), `${app.clientSecret}\n`);
  const profile = await json(
    ...['profile', 'add', '--name', 'Contoso app', '--grant', 'client_credentials'],
    ...['--authorization-url', authority.authorizationUrl, '--token-url', authority.tokenUrl],
    ...['--client-id', app.clientId, '--client-secret-file', 'secret.txt'],
  );
  assert.deepEqual([profile.name, profile.state], ['Contoso app', 'consent-needed']);
  const connected = await letterbox('profile', 'connect', 'contoso app');
  assert.deepEqual([connected.code, connected.stdout], [0, 'Contoso app is connected.\n']);
  assert.equal((await json('profile', 'show', profile.id)).state, 'connected');

  const server = await json(
    ...['server', 'add', '--name', 'Support', '--address', mailbox, '--profile', 'Contoso app'],
    ...['--host', dovecot.host, '--port', String(dovecot.imapsPort), '--start-from', 'everything'],
  );
  const tested = await letterbox('doctor', 'Support');
  assert.equal(tested.code, 0, tested.stdout);
  assert.equal(tested.stdout.match(/^✔ /gm)?.length, 12, tested.stdout);
  assert.match(tested.stdout, /^✔ The folders are there: Messages in INBOX: 4/m);
  assert.match(tested.stdout, /^! Its mail can be handed over\n {2}No destination takes the mail/m);
  assert.match(tested.stdout, /^Mail can be read\.\nAlso: No destination takes/m);
  const all = await letterbox('doctor');
  assert.deepEqual([all.code, all.stdout.split('\n')[0]], [0, 'Support: Mail can be read.']);

  const { signingSecret } = await json('destination', 'add', '--name', 'Tickets', '--url', receiver.url);
  receiver.trust(signingSecret);

  const synced = await letterbox('server', 'sync', '--once', 'Support');
  assert.deepEqual(
    [synced.code, synced.stdout, synced.stderr],
    [
      0,
      'Support: 3 stored, 0 recognised, 0 waiting for the mail server, 1 quarantined\n',
      'Deliveries are made once letterbox serve runs.\n',
    ],
  );
  const again = await json('server', 'sync', 'Support', '--once');
  assert.deepEqual(again, { stored: 0, recognised: 0, waiting: 0, quarantined: 0 });
  assert.equal(receiver.requests.length, 0);
  // Nobody watches it, whatever its loop said last.
  assert.equal((await json('server', 'list'))[0].state.condition, 'stopped');

  const running = await shell.serve();
  await until('all is delivered', () => receiver.requests.length === 3);
  assert.ok(receiver.requests.every(({ verified }) => verified));

  const { items, next } = await json('messages', 'list', '--server', 'Support', '--limit', '2');
  assert.equal(items.length, 2);
  const page = await letterbox('messages', 'list', '--limit', '2', '--before', next);
  assert.match(page.stdout, /^RECEIVED +SERVER +FROM +SUBJECT +ID\n\S+Z +Support .* msg_\w+\n$/);
  const [found] = (await json('messages', 'list', '--search', 'eve@evil.example')).items;
  const shown = await letterbox('messages', 'show', found.id);
  assert.match(shown.stdout, /^Subject +\ufffd\[2J\ufffddeteled\nFrom +Eve <eve@evil\.example>\n/);
  assert.match(shown.stdout, /\n\n\ufffd\]0;mine\ufffdHello/);
  // Nothing in a mail moves the reader's cursor or turns text around: not in text, not in JSON.
  const raw = await letterbox('messages', 'show', found.id, '--json');
  assert.doesNotMatch(shown.stdout + raw.stdout, /[^\P{Cc}\n\t]|\p{Bidi_Control}/u);
  assert.equal(JSON.parse(raw.stdout).subject, '\u001b[2J\u202edeteled');

  await until('the deliveries are settled', async () => {
    const delivered = await json('deliveries', 'list', '--state', 'delivered');
    return delivered.items.length === 3;
  });
  const [delivery] = (await json('deliveries', 'list', '--message', found.id)).items;
  const replayed = await letterbox('deliveries', 'replay', delivery.id);
  assert.equal(replayed.stdout, '1 delivery is made again.\n');
  await until('it is delivered again, naming its first id', () => {
    return receiver.requests.some(({ headers }) => headers['letterbox-replay-of'] === delivery.id);
  });

  const [entry] = await json('quarantine', 'list');
  assert.deepEqual([entry.problem.code, entry.serverId], ['message.too-large', server.id]);
  const refused = await letterbox('quarantine', 'process', entry.id);
  assert.deepEqual([refused.code, refused.stdout], [1, '']);
  assert.match(refused.stderr, /too large|larger/);
  assert.equal((await letterbox('quarantine', 'dismiss', entry.id)).code, 0);
  assert.equal((await letterbox('quarantine', 'list')).stdout, 'The quarantine is empty.\n');

  assert.equal((await letterbox('server', 'pause', 'Support')).stdout, 'Support is paused.\n');
  assert.match((await letterbox('server', 'list')).stdout, /Support +support@contoso\.example +paused/);
  assert.equal((await letterbox('server', 'resume', 'Support')).stdout, 'Support is read again.\n');
  const inUse = await letterbox('profile', 'remove', 'Contoso app', '--yes');
  assert.deepEqual([inUse.code, inUse.stdout], [1, '']);
  assert.match(inUse.stderr, /is used by the server Support/);
  const unasked = await letterbox('server', 'remove', 'Support');
  assert.match(unasked.stderr, /--yes: must be given where nobody can be asked/);
  for (const [noun, name] of [
    ['server', 'Support'],
    ['profile', 'Contoso app'],
    ['destination', 'Tickets'],
  ] as const) {
    assert.equal((await letterbox(noun, 'remove', name, '--yes')).code, 0);
    assert.deepEqual(await json(noun, 'list'), []);
  }
  assert.equal(await running.end('SIGTERM'), 0);
});
