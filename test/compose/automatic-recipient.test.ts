import assert from 'node:assert/strict';
import { test } from 'node:test';
import { automaticRecipient } from '../../src/compose/automatic-recipient.ts';
import { automaticReply } from '../../src/compose/automatic-reply.ts';
import { plainWords } from '../../src/compose/plain-words.ts';
import { parseMessage } from '../../src/mime/parser.ts';
import { outgoingServer } from '../outgoing/setting.ts';
import { mailServer } from '../store/fixtures.ts';

const contentOf = (fields: string[]) =>
  parseMessage(Buffer.from([...fields, '', 'text'].join('\r\n'))).content;
const recipient = (...fields: string[]) => automaticRecipient(contentOf(fields));

test('RFC 3834 4: the envelope’s sender is answered, whoever From and Reply-To name', () => {
  for (const others of [
    [],
    ['From: Ann <ann@x.example>'],
    ['From: ann@x.example', 'Reply-To: victim@elsewhere.example'],
    ['From: ann@x.example, bob@x.example'],
  ])
    for (const path of ['<envelope@x.example>', 'envelope@x.example', ' < envelope@x.example > '])
      assert.equal(recipient(`Return-Path: ${path}`, ...others), 'envelope@x.example', path);
});

test('an envelope’s sender that is empty, none, or two, is not answered, and no other is taken for it', () => {
  for (const paths of [
    ['<>'],
    ['< >'],
    [''],
    ['<ann>'],
    ['<ann@x.example, victim@elsewhere.example>'],
    ['<@relay.example:ann@x.example>'],
    ['<ann@x.example>', '<victim@elsewhere.example>'],
    ['<ann@x.example>', '<>'],
  ])
    assert.equal(
      recipient(...paths.map((path) => `Return-Path: ${path}`), 'From: ann@x.example'),
      null,
      paths.join(),
    );
});

test('without a Return-Path From is answered, where it is one and nothing names another', () => {
  assert.equal(recipient('From: Ann <ann@x.example>'), 'ann@x.example');
  assert.equal(recipient('From: Ann <ann@x.example>', 'Reply-To: ANN@X.example'), 'ann@x.example');
  for (const fields of [
    ['From: ann@x.example', 'Reply-To: victim@elsewhere.example'],
    ['From: ann@x.example', 'Reply-To: other@x.example'],
    ['From: ann@x.example', 'Reply-To: ann@x.example, victim@elsewhere.example'],
    ['From: ann@x.example, victim@elsewhere.example'],
    ['From: undisclosed'],
    ['Reply-To: victim@elsewhere.example'],
    ['Sender: victim@elsewhere.example'],
  ])
    assert.equal(recipient(...fields), null, fields.join());
});

test('of words that a sender chose nothing comes back that could be clicked on', () => {
  for (const [given, left] of [
    ['Printer on fire', 'Printer on fire'],
    ['Rechnung #4711 für März, “dringend”!', 'Rechnung #4711 für März, “dringend”!'],
    ['You won: https://evil.example/prize now', 'You won: now'],
    ['evil.example www.evil.example/x a@evil.example //evil', ''],
    ['<a href="https://evil.example">click</a>', ''],
    ['[click](https://evil.example)', ''],
    ['one\u202eelpmaxe.live\u2028two', 'one two'],
    ['hxxp://evil[.]example +1-900-555-0199', ''],
    ['evil。example evil．example', ''],
    ['x '.repeat(500), `${'x '.repeat(40).trim()}…`],
    ['y'.repeat(500), '…'],
  ] as const)
    assert.equal(plainWords(given), left, given);
});

test('nothing of the message comes back by default, and of what is asked for no name and no link', async () => {
  const content = contentOf([
    'From: "Claim your prize at https://evil.example" <victim@x.example>',
    'Subject: Re: Prize at https://evil.example waits',
  ]);
  const since = '2026-01-01T00:00:00Z';
  const outgoing = outgoingServer({ port: 587 });
  const reply = async (subject: string, text: string) => {
    const acknowledgement = { outgoingServerId: outgoing.id, subject, text, since };
    const server = mailServer({ acknowledgement });
    const made = await automaticReply(
      { content, receivedAt: '2026-02-01T00:00:00Z' },
      server,
      outgoing,
      new Set(),
    );
    assert.ok(made && 'bytes' in made.draft.raw);
    return { ...made, mail: Buffer.from(made.draft.raw.bytes).toString() };
  };
  const { to, mail } = await reply('Auto: {subject}', 'Dear {name}, {address}');
  assert.equal(to, 'victim@x.example');
  assert.doesNotMatch(mail, /evil|Claim/);
  assert.match(mail, /^Subject: Auto: Prize at waits\r$/m);
  assert.match(mail, /^To: victim@x\.example\r$/m);
  assert.match(mail, /Dear victim@x\.example, victim@x\.example/);
});
