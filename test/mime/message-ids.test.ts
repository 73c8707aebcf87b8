import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseMessageId, parseMessageIds } from '../../src/mime/message-ids.ts';
import { read } from './mail.ts';

describe('message identifiers', () => {
  const fields: [written: string, ids: string[]][] = [
    ['<a@example.com> <b@example.com>', ['a@example.com', 'b@example.com']],
    ['<a@example.com>,<b@example.com>', ['a@example.com', 'b@example.com']],
    ['<a@example.com><b@example.com>', ['a@example.com', 'b@example.com']],
    ['< a@example.com >', ['a@example.com']],
    ['<"a b"@example.com>', ['"ab"@example.com']],
    ['<5(1)@example.com>', ['5(1)@example.com']],
    // Without brackets, without one of them, with too many
    ['a@example.com, b@example.com', ['a@example.com', 'b@example.com']],
    ['1234567', ['1234567']],
    ['3a53c9f2-1a8e 4b64d0a3-2b9f', ['3a53c9f2-1a8e', '4b64d0a3-2b9f']],
    ['<1234567>', ['1234567']],
    ['<a@example.com', ['a@example.com']],
    ['a@example.com>', ['a@example.com']],
    ['<a@example.com <b@example.com> <c@example.com', ['a@example.com', 'b@example.com', 'c@example.com']],
    ['<a@example.com> b@example.com>', ['a@example.com', 'b@example.com']],
    ['<a@example.com of Monday', ['a@example.com']],
    ['<<a@example.com>>', ['a@example.com']],
    ['"<a@example.com>"', ['a@example.com']],
    ['<"a@example.com">', ['a@example.com']],
    ["'a@example.com'", ['a@example.com']],
    // Several in one bracket, folded anywhere, with comments
    ['<a@example.com b@example.com>', ['a@example.com', 'b@example.com']],
    ['<a@example.com, b@example.com>', ['a@example.com', 'b@example.com']],
    ['<a@ exam ple.com>', ['a@example.com']],
    ['<a @example.com', ['a@example.com']],
    ['a@ example.com', ['a@example.com']],
    ['<a@example.com (x)>', ['a@example.com']],
    ['(<x@example.com>) <a@example.com> (y)', ['a@example.com']],
    // Encoded
    ['=?utf-8?q?=3Ca=2E1?= =?utf-8?q?=40example=2Ecom=3E?=', ['a.1@example.com']],
    ['=?UTF-8?Q?a@example.com?=', ['a@example.com']],
    ['<=?utf-8?q?a?= =?utf-8?q?=40example.com?=>', ['a@example.com']],
    ['<a@example.com> =?utf-8?q?b@example.com?=', ['a@example.com', 'b@example.com']],
    ['=?utf-8?q?a@example.com?= =?utf-8?q?b@example.com?=', ['a@example.com', 'b@example.com']],
    ['=?utf-8?B?PGFAZXhhbXBsZS5jb20+?=', ['a@example.com']],
    // Sentences (RFC 822 4.6.2), and what stands for nothing
    ['Message of "Mon, 1 Jan" from "Joe <joe@example.com>" <a@example.com>', ['a@example.com']],
    ['Your message of Monday', []],
    ['null', []],
    ['<>', []],
    ['<', []],
    ['', []],
  ];
  for (const [written, ids] of fields)
    test(`${written || 'nothing'} is ${ids.join(' and ') || 'none'}`, () =>
      assert.deepEqual(
        parseMessageIds(written, 100, () => {}),
        ids,
      ));

  const own: [written: string, id: string | null][] = [
    ['<a@example.com> (x)', 'a@example.com'],
    ['a@example.com (x)', 'a@example.com'],
    ['a@ example.com', 'a@example.com'],
    ['image001.png', 'image001.png'],
    ['<>', null],
    ['(x)', null],
  ];
  for (const [written, id] of own)
    test(`the one in ${written} is ${id}`, () => assert.equal(parseMessageId(written), id));
});

test('however an identifier is written, the answer names the message it answers', () => {
  const forms = [
    '<1.a@example.com>',
    '<1.a@example.com',
    '1.a@example.com',
    '<1.a@\r\n example.com>',
    '=?utf-8?q?=3C1=2Ea?=\r\n =?utf-8?q?=40example=2Ecom=3E?=',
    '=?utf-8?q?1.a@example.com?=',
    '"<1.a@example.com>"',
    '<1.a@example.com> (x)',
  ];
  for (const written of forms) {
    assert.equal(read(`Message-ID: ${written}`, '', '').messageId, '1.a@example.com', written);
    const answer = read(`In-Reply-To: ${written}`, `References: <0@example.com> ${written}`, '', '');
    assert.deepEqual(answer.inReplyTo, ['1.a@example.com'], written);
    if (written.startsWith('<') || written.startsWith('='))
      assert.deepEqual(answer.references, ['0@example.com', '1.a@example.com'], written);
  }
});
