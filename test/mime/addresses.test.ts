import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { defectsOf, read } from './mail.ts';

/** Written as UTF-8. */
const field = (written: string) => Buffer.from(`To: ${written}`).toString('latin1');
const readTo = (written: string) => read(field(written), '', '');
/** `name <address>` and, of members, `name <address> in group`. */
const listed = (written: string) =>
  readTo(written).to.map(
    ({ name, address, group }) =>
      `${name ? `${name} ` : ''}<${address}>${group === undefined ? '' : ` in ${group}`}`,
  );

function eachIs(cases: Record<string, string[]>): void {
  for (const [written, addresses] of Object.entries(cases))
    test(written, () => assert.deepEqual(listed(written), addresses));
}

describe('an address list is read by RFC 5322, with its obsolete forms', () => {
  eachIs({
    '"Doe, Jane" <jane@example.com>, Team: =?utf-8?Q?J=C3=B6rg?= <j@example.com>, k@example.com; last@example.com':
      [
        'Doe, Jane <jane@example.com>',
        'Jörg <j@example.com> in Team',
        '<k@example.com> in Team',
        '<last@example.com>',
      ],
    '"Joe \\"J\\" Q" <joe@example.com>': ['Joe "J" Q <joe@example.com>'],
    'joe@example.com (Joe (at work) \\(x\\))': ['Joe (at work) (x) <joe@example.com>'],
    'Joe (at work) <joe@example.com>': ['Joe <joe@example.com>'],
    'joe(at work)@example.com': ['<joe@example.com>'],
    '<joe . doe @ example . com>': ['<joe.doe@example.com>'],
    'joe @ example .com': ['<joe@example.com>'],
    '<@relay.example,@other.example:joe@example.com>': ['<joe@example.com>'],
    '"joe doe"@example.com': ['<"joe doe"@example.com>'],
    '"joe@home"@example.com': ['<"joe@home"@example.com>'],
    '"joe"@example.com': ['<joe@example.com>'],
    'joe@[IPv6:2001:db8::1]': ['<joe@[IPv6:2001:db8::1]>'],
    'Jörg <jörg@exämple.de>': ['Jörg <jörg@exämple.de>'],
    'a@example.com,,, b@example.com,': ['<a@example.com>', '<b@example.com>'],
    'Mail Delivery <MAILER-DAEMON>': ['Mail Delivery <MAILER-DAEMON>'],
    postmaster: ['postmaster <>'],
  });
});

describe('encoded words are found before anything else, and what is in them is a name', () => {
  eachIs({
    '=?utf-8?Q?boss=40bank.example=3E=2C?= <me@example.com>': ['boss@bank.example>, <me@example.com>'],
    '=?utf-8?Q?x<ceo@corp.example>?= <me@example.com>': ['x<ceo@corp.example> <me@example.com>'],
    '=?utf-8?Q?ceo@corp.example,?= <me@example.com>': ['ceo@corp.example, <me@example.com>'],
    '=?UTF-8?Q?ACME:_Support?= <s@example.com>': ['ACME: Support <s@example.com>'],
    '=?UTF-8?Q?Anna_(Sales?= <s@example.com>': ['Anna (Sales <s@example.com>'],
    '=?UTF-8?Q?The_"best"_"?= <s@example.com>, b@example.com': [
      'The "best" " <s@example.com>',
      '<b@example.com>',
    ],
    '=?utf-8?Q?Müller, Jan <x@y.example>?= <jan@example.com>': [
      'Müller, Jan <x@y.example> <jan@example.com>',
    ],
    '=?utf-8?Q?x<ceo@corp?= =?utf-8?Q?.example>?= <me@example.com>': ['x<ceo@corp.example> <me@example.com>'],
    '=?utf-8?Q?J=C3?= =?utf-8?Q?=B6rg;?= <me@example.com>': ['Jörg; <me@example.com>'],
    '"=?utf-8?Q?M=C3=BCller,_"Jan"?=" <jan@example.com>': ['Müller, "Jan" <jan@example.com>'],
    'jan@example.com (=?utf-8?Q?M=C3=BCller_(Jan)?=)': ['Müller (Jan) <jan@example.com>'],
    '=?x-unknown?Q?a<b@c.example>?= <jan@example.com>': ['a<b@c.example> <jan@example.com>'],
    '=?utf-8?Q?M=C3=BCller?=<jan@example.com>': ['Müller <jan@example.com>'],
    '=?utf-8?Q?M=C3=BCller?=jan@example.com': ['Müller <jan@example.com>'],
    '=?utf-8?Q?M=C3=BCller <jan@example.com>, b@example.com': ['Müller <jan@example.com>', '<b@example.com>'],
    '=?utf-8?Q?T=C3=A9am?=: =?utf-8?Q?a:_b;?= <a@example.com>;': ['a: b; <a@example.com> in Téam'],
    '=?utf-8?Q?joe@example.com?=': ['joe@example.com <>'],
    '=?utf-8?Q?Joe_<joe@example.com>?=': ['Joe <joe@example.com> <>'],
    'Joe <=?utf-8?Q?joe@example.com?=>': ['Joe <>'],
    '=?utf-8?Q?joe?=@example.com': ['joe@example.com <>'],
  });
});

describe('what is never closed, or never opened, still gives the addresses that a person sees', () => {
  eachIs({
    '"Tan Tanaka,<tan@example.com>': ['Tan Tanaka <tan@example.com>'],
    '"A" <a@example.com>, "B, <b@example.com>, c@example.com': [
      'A <a@example.com>',
      'B <b@example.com>',
      '<c@example.com>',
    ],
    '"A <a@example.com>, "B" <b@example.com>': ['A <a@example.com>', 'B <b@example.com>'],
    '"A <a@example.com>, "B <b@example.com>': ['A <a@example.com>', 'B <b@example.com>'],
    'A" <a@example.com>, "B" <b@example.com>': ['A <a@example.com>', 'B <b@example.com>'],
    '"A\\" <a@example.com>, "B" <b@example.com>': ['A <a@example.com>', 'B <b@example.com>'],
    '"He said "hello" to me" <a@example.com>': ['He said hello to me <a@example.com>'],
    'Joe <joe@example.com': ['Joe <joe@example.com>'],
    'Joe <joe@example.com, Bob <bob@example.com>': ['Joe <joe@example.com>', 'Bob <bob@example.com>'],
    'Joe <joe@example.com Bob <bob@example.com>': ['Joe <joe@example.com>', 'Bob <bob@example.com>'],
    'Joe joe@example.com>, bob@example.com': ['Joe <joe@example.com>', '<bob@example.com>'],
    'Joe <<joe@example.com>>': ['Joe <joe@example.com>'],
    'a@example.com (A, b@example.com (B)': ['A <a@example.com>', 'B <b@example.com>'],
    'Joe (Sales <joe@example.com>, Bob (IT) <bob@example.com>': [
      'Joe (Sales <joe@example.com>',
      'Bob <bob@example.com>',
    ],
    'Joe (Sales <joe@example.com>, Bob IT) <bob@example.com>': [
      'Joe (Sales <joe@example.com>',
      'Bob IT <bob@example.com>',
    ],
    'Team: a@example.com, b@example.com': ['<a@example.com> in Team', '<b@example.com> in Team'],
    'A: a@example.com, B: b@example.com;': ['<a@example.com> in A', '<b@example.com> in B'],
  });

  for (const written of ['"A <a@example.com>', 'A <a@example.com', 'a@example.com (A', 'Team: a@example.com'])
    test(`${written} is flagged`, () =>
      assert.deepEqual(defectsOf(readTo(written)), ['addresses-malformed']));

  test('what is closed is not flagged', () =>
    assert.deepEqual(defectsOf(readTo('"A, (B" <a@example.com> (x), Team: b@example.com;')), []));
});

describe('addresses are found where separators are missing, unusual, or within names', () => {
  eachIs({
    'Doe, Jane <jane@example.com>': ['Doe, Jane <jane@example.com>'],
    'Casa; Luna <casa@example.com>': ['Casa; Luna <casa@example.com>'],
    'a@example.com; b@example.com': ['<a@example.com>', '<b@example.com>'],
    'a@example.com b@example.com': ['<a@example.com>', '<b@example.com>'],
    'Joe <a@example.com> Bob <b@example.com>': ['Joe <a@example.com>', 'Bob <b@example.com>'],
    '<a@example.com, b@example.com>': ['<a@example.com>', '<b@example.com>'],
    'Joe joe@example.com': ['Joe <joe@example.com>'],
    'Joe [joe@example.com]': ['Joe <joe@example.com>'],
    'Joe [mailto:joe@example.com]': ['Joe <joe@example.com>'],
    '<mailto:joe@example.com>': ['<joe@example.com>'],
    "'joe@example.com'": ['<joe@example.com>'],
    '"joe@example.com"': ['<joe@example.com>'],
    '"Joe <joe@example.com>"': ['Joe <joe@example.com>'],
    'joe@example.com <joe@example.com>': ['<joe@example.com>'],
    'joe@home <joe@example.com>': ['joe@home <joe@example.com>'],
    'Meeting 10:30 <room@example.com>': ['Meeting 10:30 <room@example.com>'],
    'Joe <3 Sue <joe@example.com>': ['Joe <3 Sue <joe@example.com>'],
    'Foo <bar> <foo@example.com>': ['Foo <bar> <foo@example.com>'],
  });
});

describe('what names nobody gives no recipient', () => {
  eachIs(
    Object.fromEntries(
      [
        'undisclosed-recipients:;',
        'undisclosed-recipients: ;',
        'Undisclosed recipients:',
        'undisclosed-recipients',
        '"undisclosed-recipients:;"',
        '<undisclosed-recipients:;>',
        '<Undisclosed-Recipient:@lists.example.com;>',
        'undisclosed-recipients:;@mail.example.com',
        'unlisted-recipients:; (no To-header on input)',
        'Recipient list not shown: ;',
        'Verborgene_Empfaenger:;',
        '(nobody)',
        '<>',
        ', ;',
      ].map((written) => [written, []]),
    ),
  );
});

describe('whatever an address list is broken by', () => {
  const name = fc.constantFrom(
    'Ann',
    'Bob Lee',
    '"Doe, Jane"',
    '"O\\"Neil (x)"',
    '"A: B"',
    '=?utf-8?Q?J=C3=B6rg,?=',
    '',
  );
  const mailboxes = fc.array(fc.tuple(name, fc.boolean()), { minLength: 1, maxLength: 4 }).map((entries) =>
    entries.map(([display, bare], index) => ({
      address: `u${index}@example.com`,
      written: bare ? `u${index}@example.com` : `${display} <u${index}@example.com>`,
    })),
  );

  test('one character that is missing or too much loses no address and melts none', () => {
    fc.assert(
      fc.property(mailboxes, fc.nat(), fc.constantFrom('', '"', '<', '>', '(', ')'), (list, where, more) => {
        const written = list.map((mailbox) => mailbox.written).join(', ');
        const places = [...written.matchAll(more === '' ? /["<>]|$/g : /(?<=^|[ ,])/g)].map(
          ({ index }) => index,
        );
        const at = places[where % places.length] as number;
        const broken = written.slice(0, at) + more + written.slice(more === '' ? at + 1 : at);
        const found = read(`To: ${broken}`, '', '').to.map(({ address }) => address);
        assert.deepEqual(
          list.map(({ address }) => address).filter((address) => !found.includes(address)),
          [],
          broken,
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('no address is taken out of an encoded word, nor torn by one', () => {
    const bits = [
      '<',
      '>',
      ',',
      ';',
      ':',
      '(',
      ')',
      '"',
      '@',
      '\\',
      ' ',
      '_',
      '=C3=A4',
      'a',
      'x@encoded.example',
      '=40',
      '[',
      ']',
    ];
    const word = fc
      .tuple(fc.array(fc.constantFrom(...bits), { minLength: 1, maxLength: 6 }), fc.boolean())
      .map(([content, base64]) =>
        base64 ? `=?utf-8?B?${btoa(content.join(''))}?=` : `=?iso-8859-1?Q?${content.join('')}?=`,
      );
    const place = fc.constantFrom(
      (w: string, a: string) => `${w} <${a}>`,
      (w: string, a: string) => `"${w}" <${a}>`,
      (w: string, a: string) => `${w} ${w}<${a}>`,
      (w: string, a: string) => `Joe ${w} <${a}>`,
      (w: string, a: string) => `${a} (${w})`,
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(word, place), { minLength: 1, maxLength: 3 }), (entries) => {
        const written = entries.map(([w, put], index) => put(w, `u${index}@example.com`)).join(', ');
        assert.deepEqual(
          read(`To: ${written}`, '', '').to.map(({ address }) => address),
          entries.map((_, index) => `u${index}@example.com`),
          written,
        );
      }),
      { numRuns: 2000 },
    );
  });
});
