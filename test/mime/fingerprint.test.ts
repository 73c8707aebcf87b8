import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMessageParser, parseMessage } from '../../src/mime/parser.ts';
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
});
