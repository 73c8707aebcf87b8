import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { bigMail } from '../../lab/mail.ts';
import { type DovecotWorld, startDovecotWorld } from '../sources/dovecot-world.ts';
import { tokensFrom } from '../sources/setting.ts';
import {
  codes,
  failure,
  mailTo,
  noAbort,
  outgoingServer,
  problemOf,
  smtpSender,
  wireForm,
} from './setting.ts';

let world: DovecotWorld;
before(async () => {
  world = await startDovecotWorld();
});
after(() => world.stop());

/** The mail server's port for submission, from this user's address. */
const submission = (user: string, fields: Parameters<typeof outgoingServer>[0] | object = {}) =>
  outgoingServer({
    port: world.dovecot.submissionPort,
    certificateAuthority: world.certificates.caPem,
    address: user,
    ...fields,
  });

test('a mail is submitted with OAuth 2.0 over STARTTLS and lies in the recipient’s mailbox, byte for byte', async () => {
  const source = 'Subject: Hello\r\n\r\n.a line that begins with a dot\r\n\xfcber 8 bit\r\n..\r\n';
  const sender = smtpSender(submission('ann@out.example'), world.tokensFor('ann@out.example'));
  const sent = await sender.send(mailTo(['bob@out.example'], source, 'ann@out.example'), noAbort());
  assert.deepEqual(codes(sent), { 'bob@out.example': 'accepted' });
  const [mail] = await world.dovecot.messages('bob@out.example');
  const arrived = wireForm(mail?.file ?? '');
  assert.ok(arrived.endsWith(Buffer.from(source).toString('latin1')), arrived);
  assert.match(arrived, /^Return-Path: <ann@out\.example>/);
});

test('the same with TLS from the first byte, to several recipients at once', async () => {
  const server = submission('carl@out.example', { security: 'tls', port: world.dovecot.submissionsPort });
  const sender = smtpSender(server, world.tokensFor('carl@out.example'));
  const to = ['dora@out.example', 'emil@out.example'];
  assert.deepEqual(codes(await sender.send(mailTo(to), noAbort())), {
    'dora@out.example': 'accepted',
    'emil@out.example': 'accepted',
  });
  for (const user of to) assert.equal((await world.dovecot.messages(user)).length, 1);
});

test('a refused token is discarded and a fresh one tried, once', async () => {
  const good = await world.tokenFor('fritz@out.example', new Date(Date.now() + 3_600_000));
  const expired = await world.tokenFor('fritz@out.example', new Date(Date.now() - 3_600_000));
  const tokens = tokensFrom([expired, good]);
  const sender = smtpSender(submission('fritz@out.example'), tokens);
  assert.deepEqual(codes(await sender.send(mailTo(['gerd@out.example']), noAbort())), {
    'gerd@out.example': 'accepted',
  });
  assert.deepEqual(tokens.discarded, [expired]);

  const hopeless = tokensFrom([expired, `${expired}x`, good]);
  const sent = await smtpSender(submission('fritz@out.example'), hopeless).send(
    mailTo(['gerd@out.example']),
    noAbort(),
  );
  assert.equal(failure(sent).code, 'smtp.sign-in-refused');
  assert.equal(hopeless.discarded.length, 2);
});

test('a password signs in too, and a wrong one is tried once only', async () => {
  let asked = 0;
  const refused: string[] = [];
  const password = (value: string) => ({
    async accessToken() {
      asked++;
      return { token: value, expiresAt: '2099-01-01T00:00:00.000Z', isPassword: true as const };
    },
    discard: (value: string) => void refused.push(value),
  });
  const found = await smtpSender(submission('hans@out.example'), password('lab')).verify();
  assert.equal(found, 'signed in as hans@out.example with password');
  asked = 0;
  const problem = await problemOf(smtpSender(submission('hans@out.example'), password('wrong')).verify());
  assert.equal(problem.code, 'smtp.sign-in-refused');
  assert.match(problem.remedy ?? '', /password/);
  assert.equal(asked, 1);
  // So that it rests, and no account is locked by trying.
  assert.deepEqual(refused, ['wrong']);
});

test('verify says how it signed in, and sends nothing', async () => {
  const sender = smtpSender(submission('ida@out.example'), world.tokensFor('ida@out.example'));
  assert.equal(await sender.verify(), 'signed in as ida@out.example with OAUTHBEARER');
});

test('LMTP straight into a mailbox, on this machine without encryption or sign-in', async () => {
  const server = outgoingServer({
    kind: 'lmtp',
    port: world.dovecot.lmtpPort,
    security: 'none',
    profileId: null,
  });
  const sender = smtpSender(server, null);
  assert.deepEqual(codes(await sender.send(mailTo(['jan@out.example', 'karl@out.example']), noAbort())), {
    'jan@out.example': 'accepted',
    'karl@out.example': 'accepted',
  });
  assert.equal((await world.dovecot.messages('karl@out.example')).length, 1);
  assert.equal(await sender.verify(), 'the server asks for no sign-in');
});

test('a certificate that nobody vouches for is refused before anything is said', async () => {
  const server = submission('lena@out.example', { certificateAuthority: null });
  const problem = await problemOf(smtpSender(server, world.tokensFor('lena@out.example')).verify());
  assert.equal(problem.code, 'smtp.certificate');
  assert.ok(problem.remedy);
});

test('a server that is not there, and a name that nobody knows, are told apart and tried again', async () => {
  const [refused, unknown] = await Promise.all([
    problemOf(smtpSender(outgoingServer({ port: 1 }), null).verify()),
    problemOf(smtpSender(outgoingServer({ port: 587, host: 'nowhere.invalid' }), null).verify()),
  ]);
  assert.equal(refused.code, 'smtp.unreachable');
  assert.match(refused.detail ?? '', /refused/);
  assert.equal(unknown.code, 'smtp.unreachable');
  assert.match(unknown.detail ?? '', /name/);
  assert.equal(refused.retry, 'later');
});

test('a mail of 100 MB goes out in bounded memory', async () => {
  const bytes = 100 * 1024 * 1024;
  const mail = {
    envelope: { from: 'mia@out.example', to: ['nora@out.example'] },
    size: bytes,
    raw: () => bigMail(bytes),
  };
  const { lmtpPort: port } = world.dovecot;
  const sender = smtpSender(outgoingServer({ kind: 'lmtp', port, security: 'none', profileId: null }), null);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 10);
  const sent = await sender.send(mail, noAbort());
  clearInterval(watch);
  assert.deepEqual(codes(sent), { 'nora@out.example': 'accepted' });
  assert.ok(peak - before < bytes / 2, `grew by ${Math.round((peak - before) / 2 ** 20)} MiB`);
  const [arrived] = await world.dovecot.messages('nora@out.example');
  assert.ok(statSync(arrived?.file ?? '').size > bytes * 0.98);
});

test('a source that breaks off is our own trouble: it is thrown as it is, and nobody gets half a mail', async () => {
  const broken = new Error('the store is in trouble');
  const mail = {
    ...mailTo(['olaf@out.example']),
    async *raw() {
      yield Buffer.from('Subject: half\r\n\r\n');
      throw broken;
    },
  };
  const sender = smtpSender(submission('paul@out.example'), world.tokensFor('paul@out.example'));
  await assert.rejects(sender.send(mail, noAbort()), broken);
  assert.deepEqual(await world.dovecot.messages('olaf@out.example'), []);
});
