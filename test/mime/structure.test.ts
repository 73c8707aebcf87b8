import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defectsOf, mail, read } from './mail.ts';

const multipart = (subtype: string, boundary: string) =>
  `Content-Type: multipart/${subtype}; boundary="${boundary}"`;

describe('parts', () => {
  test('are numbered as in IMAP, and lie where their offset and length say', () => {
    const lines = [
      multipart('mixed', 'a'),
      '',
      'preamble',
      '--a',
      multipart('related', 'b'),
      '',
      '--b',
      'Content-Type: text/html',
      '',
      '<img src="cid:i">',
      '--b',
      'Content-Type: image/png; name=i.png',
      'Content-ID: <i>',
      '',
      'PNG',
      '--b--',
      'epilogue',
      '--a',
      'Content-Type: application/pdf',
      'Content-Disposition: attachment; filename=c.pdf',
      '',
      'PDF',
      '',
      '--a--',
      'epilogue',
    ];
    const content = read(...lines);
    assert.equal(content.text, '');
    assert.equal(content.html, '<img src="cid:i">');
    const [image, pdf] = content.attachments;
    assert.deepEqual(
      [image?.part, image?.disposition, image?.contentId, image?.filename],
      ['1.2', 'inline', 'i', 'i.png'],
    );
    assert.deepEqual([pdf?.part, pdf?.disposition, pdf?.size, pdf?.index], ['2', 'attachment', 5, 1]);
    const source = mail(...lines);
    const body = (a: typeof pdf) => a && source.toString('latin1', a.offset, a.offset + a.length);
    assert.equal(body(image), 'PNG');
    assert.equal(body(pdf), 'PDF\r\n');
    assert.deepEqual(defectsOf(content), ['preamble-not-empty', 'epilogue-not-empty']);
  });

  test('a message that is no multipart is part 1', () => {
    const { attachments } = read('Content-Type: image/png', '', 'PNG');
    assert.deepEqual(
      attachments.map((a) => [a.part, a.offset, a.length]),
      [['1', 27, 3]],
    );
  });

  test('of alternatives both text and html are read', () => {
    const content = read(
      multipart('alternative', 'a'),
      '',
      '--a',
      '',
      'text',
      '--a',
      'Content-Type: text/html',
      '',
      '<p>html</p>',
      '--a--',
    );
    assert.deepEqual([content.text, content.html, content.attachments.length], ['text', '<p>html</p>', 0]);
  });

  test('several texts are joined in their order', () => {
    const content = read(
      multipart('mixed', 'a'),
      '',
      '--a',
      '',
      'one',
      '--a',
      '',
      '',
      '--a',
      '',
      'two',
      '--a--',
    );
    assert.equal(content.text, 'one\ntwo');
  });

  test('text is an attachment when its disposition says so, or is not known', () => {
    for (const disposition of ['attachment', 'something']) {
      const content = read(`Content-Disposition: ${disposition}`, '', 'text');
      assert.equal(content.text, null);
      assert.equal(content.attachments[0]?.contentType, 'text/plain');
    }
  });

  test('other kinds of text are attachments', () => {
    for (const type of [
      'text/calendar',
      'text/csv',
      'text/rtf',
      'application/ms-tnef',
      'message/delivery-status',
    ])
      assert.equal(read(`Content-Type: ${type}`, '', 'x').attachments[0]?.contentType, type);
  });

  test('a message within the message is an attachment, its header and text are not mixed with the outer ones', () => {
    const content = read(
      'Subject: outer',
      multipart('mixed', 'a'),
      '',
      '--a',
      '',
      'outer text',
      '--a',
      'Content-Type: message/rfc822',
      '',
      'Subject: inner',
      '',
      'inner text',
      '--a--',
    );
    assert.equal(content.subject, 'outer');
    assert.equal(content.text, 'outer text');
    assert.equal(content.attachments[0]?.contentType, 'message/rfc822');
    assert.equal(content.attachments[0]?.size, 'Subject: inner\r\n\r\ninner text'.length);
  });

  test('parts of a digest are messages unless they say otherwise', () => {
    const content = read(multipart('digest', 'a'), '', '--a', '', 'Subject: x', '', 'y', '--a--');
    assert.equal(content.attachments[0]?.contentType, 'message/rfc822');
  });

  test('uuencoded text stays text', () => {
    const text = 'begin 644 a.txt\n#86)C\n`\nend\n';
    assert.equal(read('', ...text.split('\n')).text, text);
  });
});

describe('boundaries', () => {
  test('are told apart when they begin alike', () => {
    const content = read(
      multipart('mixed', 'a'),
      '',
      '--a',
      multipart('mixed', 'a-b'),
      '',
      '--a-b',
      '',
      'one',
      '--a-b--',
      '--a',
      '',
      'two --a',
      '--ab',
      ' --a',
      '--a--',
    );
    assert.equal(content.text, 'one\ntwo --a\n--ab\n --a');
    assert.deepEqual(content.defects, []);
  });

  test('may be followed by white space', () => {
    assert.equal(read(multipart('mixed', 'a'), '', '--a \t', '', 'one', '--a--  ', 'x').text, 'one');
  });

  test('of an outer multipart end the inner ones', () => {
    const content = read(
      multipart('mixed', 'a'),
      '',
      '--a',
      multipart('mixed', 'b'),
      '',
      '--b',
      '',
      'one',
      '--a',
      '',
      'two',
    );
    assert.equal(content.text, 'one\ntwo');
    assert.deepEqual(
      content.defects.map((d) => d.replace(/:.*\(/, ' (')),
      ['boundary-not-closed (part 1)'],
    );
    assert.equal(content.defects.length, 1);
  });

  test('end a header that has no empty line', () => {
    const content = read(
      multipart('mixed', 'a'),
      '',
      '--a',
      'Content-Type: image/png',
      '--a',
      '',
      'text',
      '--a--',
    );
    assert.deepEqual([content.text, content.attachments[0]?.size], ['text', 0]);
  });

  test('that are missing leave the body as text', () => {
    const content = read('Content-Type: multipart/mixed', '', 'body');
    assert.equal(content.text, 'body');
    assert.deepEqual(defectsOf(content), ['boundary-missing', 'boundary-not-found']);
  });

  test('that do not occur leave the body as text', () => {
    const content = read(multipart('mixed', 'a'), '', 'body', '--b', 'x');
    assert.equal(content.text, 'body\n--b\nx');
    assert.deepEqual(defectsOf(content), ['boundary-not-found']);
  });

  test('the same one may serve an inner and the outer multipart', () => {
    const content = read(
      multipart('mixed', 'a'),
      '',
      '--a',
      multipart('mixed', 'a'),
      '',
      '--a',
      '',
      'one',
      '--a--',
      '--a',
      '',
      'two',
      '--a--',
    );
    assert.equal(content.text, 'one\ntwo');
  });
});

describe('what cannot be read is named, and the rest is there', () => {
  test('a media type that is none is read as text', () => {
    const content = read('Content-Type: text', '', 'a');
    assert.equal(content.text, 'a');
    assert.deepEqual(defectsOf(content), ['content-type-malformed']);
  });

  test('a file of a media type that is none is an attachment', () => {
    const content = read('Content-Type: pdf; name=a.pdf', '', 'PDF');
    assert.equal(content.attachments[0]?.contentType, 'application/octet-stream');
    assert.equal(content.text, null);
  });

  test('an unknown transfer encoding leaves the bytes as they are', () => {
    const content = read('Content-Type: a/b', 'Content-Transfer-Encoding: x-uuencode', '', 'abc');
    assert.deepEqual([content.attachments[0]?.encoding, content.attachments[0]?.size], ['binary', 3]);
    assert.deepEqual(defectsOf(content), ['encoding-unknown']);
  });

  test('a multipart said to be encoded is split all the same', () => {
    const content = read(
      multipart('mixed', 'a'),
      'Content-Transfer-Encoding: base64',
      '',
      '--a',
      '',
      'b',
      '--a--',
    );
    assert.equal(content.text, 'b');
    assert.deepEqual(defectsOf(content), ['encoding-of-multipart']);
  });
});
