import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { createLabAuthority, type LabCertificates } from '../../lab/certificates.ts';
import { until } from '../end-to-end/world.ts';
import { tokensFrom } from '../sources/setting.ts';
import { type Script, startScriptedSmtp } from './scripted-smtp.ts';
import { codes, failure, mailTo, noAbort, outgoingServer, problemOf, smtpSender } from './setting.ts';

let folder: string;
let certificates: LabCertificates;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'letterbox-smtp-'));
  certificates = await createLabAuthority(folder);
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** A server that follows the script, on this machine and without encryption, and a sender that signs in there. */
async function scripted(
  t: TestContext,
  script: Script,
  fields: Partial<Parameters<typeof outgoingServer>[0]> = {},
) {
  const server = await startScriptedSmtp(t, certificates, script);
  const tokens = tokensFrom(['first', 'second', 'third']);
  const sender = smtpSender(
    outgoingServer({
      port: server.port,
      security: 'none',
      kind: script.lmtp ? 'lmtp' : 'smtp',
      certificateAuthority: certificates.caPem,
      ...fields,
    }),
    script.lmtp ? null : tokens,
  );
  return { server, sender, tokens };
}

/** Answers to commands by how they begin. */
const answers =
  (said: Record<string, string>): Script['answer'] =>
  (command) =>
    Object.entries(said).find(([begin]) => command.startsWith(begin))?.[1];

const everyone = mailTo(['a@x.example', 'b@x.example', 'c@x.example']);

test('each recipient is answered for by itself: taken, 4xx to be tried again, 5xx never', async (t) => {
  const { sender, server } = await scripted(t, {
    answer: answers({
      'RCPT TO:<b@': '450 4.2.0 Greylisted',
      'RCPT TO:<c@': '550 5.1.1 User unknown',
    }),
  });
  assert.deepEqual(codes(await sender.send(everyone, noAbort())), {
    'a@x.example': 'accepted',
    'b@x.example': 'retry: smtp.deferred',
    'c@x.example': 'rejected: smtp.rejected',
  });
  assert.deepEqual(
    server.messages.map(({ to }) => to),
    [['a@x.example']],
  );
});

test('so they are when nobody is taken, with or without pipelining', async (t) => {
  for (const capabilities of [['PIPELINING', 'AUTH XOAUTH2'], ['AUTH XOAUTH2']]) {
    const { sender } = await scripted(t, {
      capabilities,
      answer: answers({ 'RCPT TO:<a@': '451 4.7.1 Try later', RCPT: '550 5.1.1 User unknown' }),
    });
    assert.deepEqual(codes(await sender.send(everyone, noAbort())), {
      'a@x.example': 'retry: smtp.deferred',
      'b@x.example': 'rejected: smtp.rejected',
      'c@x.example': 'rejected: smtp.rejected',
    });
  }
});

test('RFC 2033: LMTP answers for each recipient after the message', async (t) => {
  const { sender, server } = await scripted(t, {
    lmtp: true,
    message: (recipient) =>
      recipient === 'b@x.example'
        ? '452 4.2.2 Mailbox full'
        : recipient === 'c@x.example'
          ? '552 5.2.2 Over quota'
          : '250 2.0.0 saved',
  });
  assert.deepEqual(codes(await sender.send(everyone, noAbort())), {
    'a@x.example': 'accepted',
    'b@x.example': 'retry: lmtp.deferred',
    'c@x.example': 'rejected: lmtp.too-large',
  });
  assert.ok(server.commands[0]?.startsWith('LHLO '));
});

test('an answer to the whole message is the answer to everyone', async (t) => {
  const refusals: [string, string][] = [
    ['451 4.3.0 Queue full', 'retry: smtp.deferred'],
    ['554 5.7.1 Spam', 'rejected: smtp.rejected'],
    ['552 5.3.4 Message too big', 'rejected: smtp.too-large'],
    [
      '550 5.7.60 SMTP; Client does not have permissions to send as this sender',
      'rejected: smtp.sender-refused',
    ],
    [
      '554 5.2.252 SendAsDenied; support@contoso.example not allowed to send as x',
      'rejected: smtp.sender-refused',
    ],
  ];
  for (const [message, expected] of refusals) {
    const { sender } = await scripted(t, { message: () => message });
    const sent = codes(await sender.send(everyone, noAbort()));
    assert.deepEqual(new Set(Object.values(sent)), new Set([expected]), message);
  }
});

test('a mail over the size that the server announces is not even begun', async (t) => {
  const { sender, server } = await scripted(t, { capabilities: ['SIZE 10', 'AUTH XOAUTH2'] });
  assert.equal(codes(await sender.send(everyone, noAbort()))['a@x.example'], 'rejected: smtp.too-large');
  assert.ok(!server.commands.some((command) => command.startsWith('MAIL')));
});

test('a server that will not be used just now fails as a whole, and says so', async (t) => {
  const refusals: [Script, string][] = [
    [{ greeting: '421 4.3.2 Service not available' }, 'smtp.throttled'],
    [{ greeting: '421 4.4.1 Shutting down' }, 'smtp.deferred'],
    [{ greeting: '554 5.7.1 Your address is blocked' }, 'smtp.turned-away'],
    [{ greeting: 'HTTP/1.1 400 Bad Request' }, 'smtp.protocol'],
    [{ greeting: 'drop' }, 'smtp.connection-lost'],
    [{ answer: answers({ AUTH: '454 4.7.0 Temporary authentication failure' }) }, 'smtp.unavailable'],
    [{ answer: answers({ AUTH: '535 Server Unavailable. 15' }) }, 'smtp.unavailable'],
    [{ answer: answers({ MAIL: '451 4.4.0 Later' }) }, 'smtp.deferred'],
    [{ answer: answers({ MAIL: '432 4.3.2 Concurrent connections limit exceeded' }) }, 'smtp.throttled'],
    [
      {
        message: () =>
          '451 4.7.500 Server busy. Request is throttled. Suggested Backoff Time: 9000 milliseconds',
      },
      'smtp.throttled',
    ],
    [
      { message: () => '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException' },
      'smtp.throttled',
    ],
    [
      { answer: answers({ MAIL: '530 5.7.57 Client not authenticated to send mail' }) },
      'smtp.sign-in-needed',
    ],
    [{ message: () => 'drop' }, 'smtp.connection-lost'],
    [{ capabilities: ['PIPELINING'] }, 'smtp.no-sign-in'],
    [{ capabilities: ['AUTH PLAIN LOGIN'] }, 'smtp.no-oauth'],
  ];
  for (const [script, code] of refusals) {
    const { sender } = await scripted(t, script);
    const problem = failure(await sender.send(everyone, noAbort()));
    assert.equal(problem.code, code, JSON.stringify([script, problem.message]));
    assert.notEqual(problem.retry, 'no');
    assert.ok(problem.remedy, code);
  }
});

test('what Exchange Online means by 535 is told apart, each with its remedy', async (t) => {
  const refusals: [string, string, RegExp][] = [
    ['5.7.3 Authentication unsuccessful [AM0PR01CA0001]', 'smtp.sign-in-refused', /SMTP\.Send/],
    [
      '5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled',
      'smtp.submission-disabled',
      /Set-CASMailbox -Identity support@contoso\.example -SmtpClientAuthenticationDisabled \$false/,
    ],
    [
      '5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.',
      'smtp.submission-disabled',
      /Set-CASMailbox/,
    ],
    [
      '5.7.139 Authentication unsuccessful, the user credentials were incorrect.',
      'smtp.sign-in-refused',
      /reconnect/,
    ],
    [
      '5.7.139 Authentication unsuccessful, user is locked by your organization’s security defaults policy.',
      'smtp.sign-in-blocked',
      /sign-in logs/,
    ],
  ];
  for (const [said, code, remedy] of refusals) {
    const { sender, tokens } = await scripted(t, { answer: answers({ AUTH: `535 ${said}` }) });
    const problem = await problemOf(sender.verify());
    assert.equal(problem.code, code, said);
    assert.match(problem.remedy ?? '', remedy);
    // Only a token that is refused as such is worth a second one.
    assert.equal(tokens.discarded.length, code === 'smtp.sign-in-refused' ? 2 : 0, said);
  }
});

test('a token of 20 kB goes on a line of its own, and a challenge is answered', async (t) => {
  const long = 'x'.repeat(20_000);
  const server = await startScriptedSmtp(t, certificates, {
    answer(command) {
      if (command === 'AUTH XOAUTH2') return '334 ';
      if (command.length > 10_000) return '334 eyJzdGF0dXMiOiI0MDAifQ==';
      return command === '' ? '535 5.7.3 Authentication unsuccessful' : undefined;
    },
  });
  const sending = smtpSender(
    outgoingServer({ port: server.port, security: 'none' }),
    tokensFrom([long, `${long}y`]),
  );
  const problem = await problemOf(sending.verify());
  assert.equal(problem.code, 'smtp.sign-in-refused');
  assert.doesNotMatch(JSON.stringify(problem), /xxxx/);
  const said = Buffer.from(server.commands[2] ?? '', 'base64').toString();
  assert.equal(said, `user=support@contoso.example\x01auth=Bearer ${long}\x01\x01`);
});

test('RFC 3834: automatic mail has no return path; where a server wants one, it gets the address', async (t) => {
  const automatic = mailTo(['a@x.example'], undefined, '');
  const taken = await scripted(t, {});
  assert.deepEqual(codes(await taken.sender.send(automatic, noAbort())), { 'a@x.example': 'accepted' });
  assert.deepEqual(taken.server.messages[0]?.from, '');

  const picky = await scripted(t, {
    answer: answers({
      'MAIL FROM:<>': '550 5.7.60 SMTP; Client does not have permissions to send as this sender',
    }),
  });
  assert.deepEqual(codes(await picky.sender.send(automatic, noAbort())), { 'a@x.example': 'accepted' });
  assert.deepEqual(picky.server.messages[0]?.from, 'support@contoso.example');
});

test('a server without STARTTLS is refused, and so is one whose certificate is wrong: nothing is sent unencrypted', async (t) => {
  const without = await scripted(
    t,
    { answer: answers({ STARTTLS: '502 5.5.1 Not implemented' }) },
    { security: 'starttls' },
  );
  assert.equal(failure(await without.sender.send(everyone, noAbort())).code, 'smtp.starttls-missing');
  assert.ok(!without.server.commands.some((command) => /^(AUTH|MAIL)/.test(command)));

  const stranger = await scripted(
    t,
    { capabilities: ['STARTTLS', 'AUTH XOAUTH2'] },
    { security: 'starttls', certificateAuthority: null },
  );
  assert.equal(failure(await stranger.sender.send(everyone, noAbort())).code, 'smtp.certificate');
  assert.ok(!stranger.server.commands.some((command) => /^(AUTH|MAIL)/.test(command)));
});

test('without encryption only this machine is talked to', async () => {
  const server = outgoingServer({ port: 25, host: '192.0.2.1', security: 'none', profileId: null });
  const problem = await problemOf(smtpSender(server, null).verify());
  assert.equal(problem.code, 'smtp.unencrypted');
  assert.match(problem.remedy ?? '', /allowPrivateAddresses/);
});

test('an abort ends a server that hangs, at once, as failed', async (t) => {
  for (const script of [
    { greeting: 'hang' },
    { answer: (command: string) => (command.startsWith('RCPT') ? 'hang' : undefined) },
    { message: () => 'hang' },
  ] as Script[]) {
    const { sender, server } = await scripted(t, script);
    const abort = new AbortController();
    const sending = sender.send(everyone, abort.signal);
    if (script.message) await until('the message is there', () => server.messages.length > 0);
    else if (script.answer)
      await until('recipients are named', () =>
        server.commands.some((command) => command.startsWith('RCPT')),
      );
    abort.abort();
    assert.equal((await sending).kind, 'failed');
  }
});

const capabilities = ['PIPELINING', '8BITMIME', 'AUTH XOAUTH2 PLAIN'];

test('an address with letters beyond ASCII goes to a server with SMTPUTF8, and to none without (RFC 6531 3.2)', async (t) => {
  const mail = mailTo(['jörg@x.example', 'ann@x.example']);
  for (const lmtp of [false, true]) {
    const without = await scripted(t, { capabilities, lmtp });
    const sent = await without.sender.send(mail, noAbort());
    const code = `rejected: ${lmtp ? 'lmtp' : 'smtp'}.address-unsupported`;
    assert.deepEqual(codes(sent), { 'jörg@x.example': code, 'ann@x.example': code });
    assert.ok(!without.server.commands.some((command) => /^(MAIL|RCPT|DATA)/.test(command)));
    assert.equal(without.server.messages.length, 0);
  }
  const { sender, server } = await scripted(t, { capabilities: [...capabilities, 'SMTPUTF8'] });
  assert.deepEqual(codes(await sender.send(mail, noAbort())), {
    'jörg@x.example': 'accepted',
    'ann@x.example': 'accepted',
  });
  assert.match(server.commands.find((command) => command.startsWith('MAIL')) ?? '', / SMTPUTF8\b/);
});

test('a sender with letters beyond ASCII needs SMTPUTF8 too, also where the envelope leaves it out', async (t) => {
  const address = 'büro@x.example';
  const { sender, server } = await scripted(t, { capabilities }, { address });
  for (const from of [address, '']) {
    const mail = mailTo(['ann@x.example']);
    const sent = await sender.send({ ...mail, envelope: { ...mail.envelope, from } }, noAbort());
    assert.deepEqual(codes(sent), { 'ann@x.example': 'rejected: smtp.address-unsupported' });
  }
  assert.equal(server.messages.length, 0);
});

test('quoted local parts and address literals are sent to as they are', async (t) => {
  const to = ['"ann smith"@x.example', 'ann@[192.0.2.1]', 'ann@[IPv6:2001:db8::1]'];
  const { sender, server } = await scripted(t, { capabilities });
  assert.deepEqual(
    Object.values(codes(await sender.send(mailTo(to), noAbort()))),
    to.map(() => 'accepted'),
  );
  assert.deepEqual(server.messages[0]?.to, to);
});
