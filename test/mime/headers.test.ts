import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseMessage } from '../../src/mime/parser.ts';
import { defectsOf, mail, read } from './mail.ts';

describe('the header', () => {
  test('keeps all fields in their order, names as written, values unfolded and decoded', () => {
    const { headers } = read(
      'Received: by a',
      ' for b',
      'SUBJECT: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=',
      'Received: by c',
      '',
      '',
    );
    assert.deepEqual(headers, [
      { name: 'Received', value: 'by a for b' },
      { name: 'SUBJECT', value: 'Grüße' },
      { name: 'Received', value: 'by c' },
    ]);
  });

  test('of fields that occur once the first counts, and the repetition is flagged', () => {
    const content = read('From: a@example.com', 'From: b@example.com', 'Subject: x', 'Subject: y', '', '');
    assert.deepEqual(
      content.from.map((a) => a.address),
      ['a@example.com'],
    );
    assert.equal(content.subject, 'x');
    assert.deepEqual(defectsOf(content), ['field-repeated']);
  });

  test('recipients of repeated fields are all listed', () => {
    assert.deepEqual(
      read('To: a@example.com', 'To: b@example.com', '', '').to.map((a) => a.address),
      ['a@example.com', 'b@example.com'],
    );
  });

  test('lone line feeds end lines as CRLF does', () => {
    const { content } = parseMessage(Buffer.from('Subject: a\n b\nTo: c@example.com\n\ntext\n'));
    assert.equal(content.subject, 'a b');
    assert.equal(content.text, 'text\n');
  });

  test('carriage returns alone end lines where there are no line feeds', () => {
    const lines = [
      'Subject: a',
      'Content-Type: multipart/mixed; boundary=x',
      '',
      '--x',
      '',
      'one',
      'two',
      '--x--',
    ];
    const { content } = parseMessage(Buffer.from(lines.join('\r')));
    assert.equal(content.subject, 'a');
    assert.equal(content.text, 'one\ntwo');
    assert.deepEqual(defectsOf(content), ['carriage-return-lines']);
  });

  test('CR CR LF ends a line and, alone on it, the header', () => {
    const { content } = parseMessage(Buffer.from('Subject: a\r\r\nTo: b@example.com\r\r\n\r\r\ntext'));
    assert.equal(content.subject, 'a');
    assert.equal(content.text, 'text');
  });

  test('a lone carriage return in a field cannot start another field', () => {
    const content = read('Subject: a\rFrom: evil@example.com', '', '');
    assert.equal(content.subject, 'a From: evil@example.com');
    assert.deepEqual(content.from, []);
    assert.deepEqual(defectsOf(content), ['carriage-return']);
  });

  test('8-bit bytes are UTF-8, else of the charset of the text, else windows-1252', () => {
    assert.equal(read('Subject: \xc3\xa9', '', '').subject, 'é');
    assert.equal(read('Subject: \xcf', 'Content-Type: text/plain; charset=koi8-r', '', '').subject, 'о');
    assert.equal(read('Subject: 5 \x80', '', '').subject, '5 €');
  });

  test('an mbox line before the header is skipped', () => {
    const content = read('From someone Mon Jan  1 00:00:00 2024', 'Subject: a', '', 'text');
    assert.equal(content.subject, 'a');
    assert.deepEqual(defectsOf(content), ['mbox-line']);
  });

  test('a first line From with a colon is a field, also with white space before it (RFC 5322 4.5.2)', () => {
    for (const begin of ['From :', 'From\t:', 'From  :']) {
      const content = read(`${begin} Joe <a@example.com>`, 'Subject: a', '', 'text');
      assert.deepEqual(content.from, [{ name: 'Joe', address: 'a@example.com' }], begin);
      assert.deepEqual(content.headers[0], { name: 'From', value: 'Joe <a@example.com>' });
      assert.deepEqual(content.defects, []);
    }
    for (const line of [
      'From a@example.com Mon Jan  1 00:00:00 2024',
      '>From a@example.com Mon Jan  1 00:00:00 2024',
    ])
      assert.deepEqual(defectsOf(read(line, 'Subject: a', '', '')), ['mbox-line']);
  });

  test('a byte order mark before the header is skipped', () => {
    const content = read('\xef\xbb\xbfSubject: a', '', 'text');
    assert.equal(content.subject, 'a');
    assert.deepEqual(defectsOf(content), ['byte-order-mark']);
  });

  test('a message without a header is all body', () => {
    const content = read('Dear all,', 'Note: tomorrow', '', 'Bye');
    assert.equal(content.text, 'Dear all,\nNote: tomorrow\n\nBye');
    assert.deepEqual(content.headers, []);
    assert.deepEqual(defectsOf(content), ['header-missing']);
  });

  test('without an empty line the body begins at the first line that is no field', () => {
    const content = read('Subject: a', 'Dear all,', '', 'Bye');
    assert.equal(content.subject, 'a');
    assert.equal(content.text, 'Dear all,\n\nBye');
    assert.deepEqual(defectsOf(content), ['header-end-missing']);
  });

  test('without an empty line parts are found all the same', () => {
    const content = read(
      'Content-Type: multipart/mixed; boundary=x',
      '--x',
      'Content-Type: text/html',
      '',
      '<p>a</p>',
      '--x--',
    );
    assert.equal(content.html, '<p>a</p>');
    assert.equal(content.text, 'a');
  });

  test('a line that is no field amid fields is left out', () => {
    const content = read('Subject: a', 'garbage', 'To: b@example.com', '', 'text');
    assert.equal(content.to[0]?.address, 'b@example.com');
    assert.equal(content.text, 'text');
    assert.deepEqual(defectsOf(content), ['header-line-malformed']);
  });

  test('a bad last line in the header of a part does not get into its body', () => {
    const part = (...lines: string[]) => read(multipart, '', '--x', ...lines, '--x--').text;
    const multipart = 'Content-Type: multipart/mixed; boundary=x';
    assert.equal(part('Content-Type: text/plain', 'garbage', '', 'text'), 'text');
    assert.equal(part('Content-Type: text/plain', 'text'), 'text');
    assert.equal(part('Content-Type: text/plain', 'one', 'two', '', 'three'), 'one\ntwo\n\nthree');
    assert.equal(
      part('Content-Type: multipart/mixed; boundary=y', 'preamble', '--y', '', 'text', '--y--'),
      'text',
    );
  });

  test('a parameter that is not folded is read with its field', () => {
    const content = read('Content-Type: multipart/mixed;', 'boundary="x"', '', '--x', '', 'text', '--x--');
    assert.equal(content.text, 'text');
    assert.deepEqual(defectsOf(content), ['folding-missing']);
  });

  test('NUL never comes through', () => {
    const content = read('Subject: a\0b =?utf-8?Q?c=00d?=', '', 'e\0f');
    assert.equal(content.subject, 'a\ufffdb c\ufffdd');
    assert.equal(content.text, 'e\ufffdf');
    assert.deepEqual(defectsOf(content), ['null-bytes']);
  });

  test('an empty message is read as one', () => {
    const { content, size } = parseMessage(mail());
    assert.equal(size, 0);
    assert.equal(content.text, '');
    assert.deepEqual(defectsOf(content), ['source-empty', 'header-missing']);
  });

  test('message identifiers come without brackets, comments and white space', () => {
    const content = read(
      'Message-ID:  <1@example.com> (x)',
      'In-Reply-To: Your message of Monday <2@example.com>',
      'References: <3@example.com>\t<4@',
      ' example.com>,5@example.com',
      '',
      '',
    );
    assert.equal(content.messageId, '1@example.com');
    assert.deepEqual(content.inReplyTo, ['2@example.com']);
    assert.deepEqual(content.references, ['3@example.com', '4@example.com', '5@example.com']);
  });
});
