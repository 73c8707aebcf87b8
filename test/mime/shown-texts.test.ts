import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withText } from '../../src/mime/text-from-html.ts';
import { defectsOf, mail, read, understand } from './mail.ts';

const multipart = (boundary: string, subtype = 'mixed', more = '') =>
  `Content-Type: multipart/${subtype}; boundary="${boundary}"${more}`;
const plain = (text: string, ...fields: string[]) => [...fields, '', text];
const html = (text: string, ...fields: string[]) => ['Content-Type: text/html', ...fields, '', text];
const within = (boundary: string, ...parts: string[][]) => [
  ...parts.flatMap((part) => [`--${boundary}`, ...part]),
  `--${boundary}--`,
];
const letter = '<p>Dear Ada, the meeting is on Monday at noon.</p>';
const letterText = 'Dear Ada, the meeting is on Monday at noon.';
const alternatives = [
  multipart('alt', 'alternative'),
  '',
  ...within('alt', plain('letter'), html('<p>letter</p>')),
];
const inline = (name: string) => `Content-Disposition: inline; filename=${name}`;

describe('a named text is a file (RFC 8621 4.1.4)', () => {
  const mails: [
    why: string,
    lines: string[],
    text: string | null,
    html: string | null,
    files: (string | null)[],
  ][] = [
    [
      'a letter, and html with a name',
      [multipart('b'), '', ...within('b', plain('letter'), html('<p>page</p>', inline('page.html')))],
      'letter',
      null,
      ['page.html'],
    ],
    [
      'a name in Content-Type alone',
      [
        multipart('b'),
        '',
        ...within('b', plain('letter'), ['Content-Type: text/html; name=page.html', '', '<p>page</p>']),
      ],
      'letter',
      null,
      ['page.html'],
    ],
    [
      'alternatives, and a log with a name',
      [
        multipart('b'),
        '',
        ...within('b', alternatives, [
          'Content-Type: text/plain; name=trace.log',
          'Content-Disposition: inline',
          '',
          'line 1',
        ]),
      ],
      'letter',
      '<p>letter</p>',
      ['trace.log'],
    ],
    [
      'a log with a name among the alternatives',
      [
        multipart('b', 'alternative'),
        '',
        ...within('b', plain('letter'), html('<p>letter</p>'), plain('line 1', inline('trace.log'))),
      ],
      'letter',
      '<p>letter</p>',
      ['trace.log'],
    ],
    [
      'the first part, although it has a name',
      [
        multipart('b'),
        '',
        ...within('b', plain('letter', inline('letter.txt')), plain('line', inline('a.log'))),
      ],
      'letter',
      null,
      ['a.log'],
    ],
    [
      'the whole message, although it has a name',
      html('<p>letter</p>', inline('letter.html')),
      'letter',
      '<p>letter</p>',
      [],
    ],
    [
      'texts without names, and a file between',
      [
        multipart('b'),
        '',
        ...within('b', plain('one'), ['Content-Type: application/pdf', '', 'PDF'], plain('two')),
      ],
      'one\ntwo',
      null,
      [null],
    ],
    [
      'an attachment, although it has no name',
      [multipart('b'), '', ...within('b', plain('letter'), plain('line', 'Content-Disposition: attachment'))],
      'letter',
      null,
      [null],
    ],
    [
      'html that the html refers to',
      [
        multipart('b', 'related'),
        '',
        ...within('b', html('<p>letter</p>'), html('<p>frame</p>', 'Content-ID: <f@x>')),
      ],
      'letter',
      '<p>letter</p>',
      [null],
    ],
    [
      'text that the html refers to',
      [
        multipart('b', 'related'),
        '',
        ...within('b', html('<p>letter</p>'), plain('a;b', 'Content-ID: <f@x>')),
      ],
      'letter',
      '<p>letter</p>',
      [null],
    ],
    [
      'the root that is named, and what comes before it',
      [
        multipart('b', 'related', '; start="<r@x>"'),
        '',
        ...within('b', html('<p>frame</p>', 'Content-ID: <f@x>'), html('<p>letter</p>', 'Content-ID: <r@x>')),
      ],
      'letter',
      '<p>letter</p>',
      [null],
    ],
    [
      'text and html in a related, which are not referred to',
      [multipart('b', 'related'), '', ...within('b', plain('letter'), html('<p>letter</p>'))],
      'letter',
      '<p>letter</p>',
      [],
    ],
  ];
  for (const [why, lines, text, markup, files] of mails)
    test(why, () => {
      const content = read(...lines);
      assert.deepEqual(
        [content.text, content.html, content.attachments.map(({ filename }) => filename)],
        [text, markup, files],
      );
    });

  test('what html refers to is found by its Content-ID', () => {
    const content = read(
      multipart('b', 'related'),
      '',
      ...within('b', html('<iframe src="cid:f@x">'), html('x', 'Content-ID: <f@x>')),
    );
    assert.deepEqual(
      content.attachments.map(({ contentId, disposition, contentType }) => [
        contentId,
        disposition,
        contentType,
      ]),
      [['f@x', 'inline', 'text/html']],
    );
  });
});

describe('there is a text wherever there is html', () => {
  const mails: [why: string, lines: string[], text: string | null, fromHtml: true | undefined][] = [
    ['html alone', html(letter), letterText, true],
    [
      'html and a text of nothing',
      [multipart('b', 'alternative'), '', ...within('b', plain(' '), html(letter))],
      letterText,
      true,
    ],
    ['html of nothing but an image', html('<img src="cid:x">'), '', true],
    ['alternatives', alternatives.slice(0), 'letter', undefined],
    ['text alone', plain('letter'), 'letter', undefined],
    ['nothing', ['Content-Type: image/png', '', 'PNG'], null, undefined],
    [
      'html, and the footer of a list',
      [multipart('b'), '', ...within('b', html(letter), plain('-- list'))],
      `${letterText}\n\n-- list`,
      true,
    ],
    [
      'html with images, and a footer',
      [
        multipart('b'),
        '',
        ...within('b', [multipart('r', 'related'), '', ...within('r', html(letter))], plain('-- list')),
      ],
      `${letterText}\n\n-- list`,
      true,
    ],
    [
      'alternatives of which one is html, and a footer',
      [
        multipart('b'),
        '',
        ...within('b', [multipart('a', 'alternative'), '', ...within('a', html(letter))], plain('-- list')),
      ],
      `${letterText}\n\n-- list`,
      true,
    ],
    [
      'a warning of a gateway, and html',
      [multipart('b'), '', ...within('b', plain('[EXTERNAL]'), html(letter))],
      `[EXTERNAL]\n\n${letterText}`,
      true,
    ],
    [
      'alternatives, and a footer',
      [multipart('b'), '', ...within('b', alternatives, plain('-- list'))],
      'letter\n-- list',
      undefined,
    ],
    [
      'alternatives, and a footer of html',
      [multipart('b'), '', ...within('b', alternatives, html('<p>list</p>'))],
      'letter\n\nlist',
      true,
    ],
    [
      'text and html that say the same, as parts of equal rank',
      [multipart('b'), '', ...within('b', plain(letterText), html(letter))],
      letterText,
      undefined,
    ],
  ];
  for (const [why, lines, text, fromHtml] of mails)
    test(why, () => {
      const content = read(...lines);
      assert.deepEqual([content.text, content.textFromHtml], [text, fromHtml]);
    });

  test('it is made when a message is read, not when it comes in', () => {
    const stored = understand(mail(...html(letter)));
    assert.deepEqual([stored.text, stored.textFromHtml], [null, undefined]);
    assert.equal(withText(stored).text, letterText);
  });

  test('a message stored by an earlier release has it too', () => {
    const { headers: _, ...stored } = { ...understand(mail(...html(letter))), text: null };
    assert.deepEqual(withText({ ...stored, headers: [] }).text, letterText);
  });

  test('of html that is too long the beginning is read, and that is told', () => {
    const content = read(...html(`<p>Hello</p>${'<p>words</p>'.repeat(60_000)}`));
    assert.ok(content.text?.startsWith('Hello\n\nwords\n'));
    assert.deepEqual(defectsOf(content), ['text-from-html-cut']);
  });
});

describe('a message that is in an attachment is told', () => {
  const oid = (last: string) => Buffer.from(`308006092a864886f70d0107${last}`, 'hex').toString('base64');
  const mails: [why: string, type: string, body: string, defect: string][] = [
    [
      'signed',
      'application/pkcs7-mime; smime-type=signed-data; name=smime.p7m',
      oid('02'),
      'smime-signed-data',
    ],
    [
      'signed, and said by its bytes alone',
      'application/x-pkcs7-mime; name=smime.p7m',
      oid('02'),
      'smime-signed-data',
    ],
    ['encrypted', 'application/pkcs7-mime; smime-type=enveloped-data', oid('03'), 'smime-enveloped-data'],
    [
      'encrypted, whatever is said',
      'application/pkcs7-mime; smime-type=signed-data',
      oid('03'),
      'smime-enveloped-data',
    ],
    ['as a file of no type', 'application/octet-stream; name=smime.p7m', oid('03'), 'smime-enveloped-data'],
    ['compressed', 'application/pkcs7-mime; smime-type=compressed-data', 'AAAA', 'smime-compressed-data'],
    ['certificates alone', 'application/pkcs7-mime; smime-type=certs-only', oid('02'), 'smime-certs-only'],
    ['of a kind that is not known', 'application/pkcs7-mime', 'AAAA', 'smime-unknown'],
  ];
  for (const [why, type, body, defect] of mails)
    test(why, () => {
      const content = read(`Content-Type: ${type}`, 'Content-Transfer-Encoding: base64', '', body);
      assert.deepEqual([content.text, content.attachments.length, defectsOf(content)], [null, 1, [defect]]);
    });

  test('encrypted by OpenPGP', () => {
    const content = read(
      multipart('b', 'encrypted'),
      '',
      ...within(
        'b',
        ['Content-Type: application/pgp-encrypted', '', 'Version: 1'],
        ['Content-Type: application/octet-stream', '', 'x'],
      ),
    );
    assert.deepEqual(defectsOf(content), ['openpgp-encrypted']);
  });

  test('a signature beside its text is no such message', () => {
    const content = read(
      multipart('b', 'signed'),
      '',
      ...within('b', plain('letter'), ['Content-Type: application/pkcs7-signature; name=smime.p7s', '', 'x']),
    );
    assert.deepEqual([content.text, content.defects], ['letter', []]);
  });
});
