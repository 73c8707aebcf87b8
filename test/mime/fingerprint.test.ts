import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMessageParser, parseMessage } from '../../src/mime/parser.ts';
import { readCorpus } from './corpus.ts';
import { mail } from './mail.ts';

const identity = [
  'Message-ID: <1@example.com>',
  'Date: Mon, 1 Jan 2024 10:00:00 +0000',
  'From: a@example.com',
];
const fingerprint = (...lines: string[]) => parseMessage(mail(...lines)).fingerprint;
const original = fingerprint(...identity, 'Subject: a b', '', 'body');

describe('the fingerprint of a mail', () => {
  test('stays the same when servers write into its header on the way', () => {
    assert.equal(
      fingerprint(
        'Received: by x',
        ...identity,
        'X-Spam: no',
        'Subject: a',
        ' b',
        'To: b@example.com',
        '',
        'body',
      ),
      original,
    );
  });

  for (const [what, lines] of Object.entries({
    'its body': [...identity, 'Subject: a b', '', 'body.'],
    'its subject': [...identity, 'Subject: a c', '', 'body'],
    'its identifier': [...identity.with(0, 'Message-ID: <2@example.com>'), 'Subject: a b', '', 'body'],
    'its date': [...identity.with(1, 'Date: Mon, 1 Jan 2024 10:00:01 +0000'), 'Subject: a b', '', 'body'],
    'its author': [...identity.with(2, 'From: b@example.com'), 'Subject: a b', '', 'body'],
    'where a field ends': [...identity, 'Subject: a bbody', '', ''],
  }))
    test(`changes with ${what}`, () => assert.notEqual(fingerprint(...lines), original));

  test('takes in all bytes behind the header, also those of a body that begins without an empty line', () => {
    const source = mail(...identity, 'Subject: a b', 'body of some', '', 'lines');
    const whole = parseMessage(source).fingerprint;
    assert.notEqual(whole, parseMessage(Buffer.concat([source, Buffer.from('.')])).fingerprint);
    const parser = createMessageParser();
    for (const byte of source) parser.write(Uint8Array.of(byte));
    assert.equal(parser.end().fingerprint, whole);
  });

  test('is that under which the first mails were stored, so that they are recognised', () => {
    const corpus = new Map(readCorpus().map(({ name, bytes }) => [name, bytes]));
    for (const [name, stored] of Object.entries(storedFingerprints))
      assert.equal(parseMessage(corpus.get(name) as Buffer).fingerprint, stored, name);
  });

  test('leaves out a first field From with white space before its colon, which was taken for a line of an mbox', () => {
    const [messageId = '', date = ''] = identity;
    const without = fingerprint(messageId, date, 'Subject: a b', '', 'body');
    assert.equal(fingerprint('From : a@example.com', messageId, date, 'Subject: a b', '', 'body'), without);
    assert.notEqual(
      fingerprint(messageId, 'From : a@example.com', date, 'Subject: a b', '', 'body'),
      without,
    );
  });
});

/** Of mails whose fields are odd, and of some that are not. */
const storedFingerprints: Readonly<Record<string, string>> = {
  'mail/plain_emails/raw_email10.eml': 'ec80faf871c680d92fd73761e282061f1ccfcab118f252a5fadecc5d58e19564',
  'mail/error_emails/missing_body.eml': 'faff2a8af45a875f926df478c1a5357d294e47b116f89250c0fa1e8844f87de2',
  'mail/error_emails/invalid_subject_characters.eml':
    '185de97e3429c1af6cbf7767140ab144a20eb37c839fd41fe7a8357646459f9a',
  'mail/error_emails/trademark_character_in_subject.eml':
    '08ed56b9a311b1b743f306882ee775f1964587a80b8fa644aff07583afd48815',
  'mime4j/mimetools-testmsgs/multi-2evil.msg':
    '7b33a39d16630100b45f73703aa02595e58d55e392f168c98822f6d4cfc3e28f',
  'mimekit/delivery-status.anonymized.eml':
    '57ceece08c578b0e8c5e8547a11113a1d6f6f65b4c056ecc617a8604991307a8',
  'stalwart/legacy/020.eml': '93a50707a29cbb1b1c6e5c57da9de2bb193f9291bc1d356862bb2839f4130ee5',
  'stalwart/legacy/050.eml': '7c3e717643bbe9c225898cc1fafdd875b82414f311772d9e30f4611500caa263',
  'stalwart/malformed/000.eml': '0188c71dd558abf8121d850d40c52c54e6ff02b735871d625060a81137932a3f',
  'sisimai/lhost-ezweb-02.eml': 'c8b62571e02539b0b33e1e75f51182c44127e9d100a4f2ec23d09ed4f572820b',
  'mailparser/mixed.eml': '0e659e2421675b2a3af67f9925fdf4644cecf85094afd57447fba26b2db02d83',
  'mime4j/testmsgs/malformedHeaderStartsBody-noheader.msg':
    '4bccc81c9658a26e08631dfefe844e5e943f117b7d7f1d0d8febebdf4b36fe95',
};
