import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ancestorsOf,
  isAddress,
  replyRecipients,
  replySubject,
  unanswerable,
} from '../../src/compose/reply.ts';
import { parseMessage } from '../../src/mime/parser.ts';
import { composed } from './setting.ts';

test('RFC 5322 3.6.5: Re: once, whatever was there before', () => {
  const subjects = {
    'Printer on fire': 'Re: Printer on fire',
    'Re: Printer on fire': 'Re: Printer on fire',
    'RE: AW: Re[3]: Sv : Printer on fire': 'Re: Printer on fire',
    '回复：打印机': 'Re: 打印机',
    'Reply needed': 'Re: Reply needed',
    'Re:': 'Re:',
    '': 'Re:',
  };
  for (const [subject, expected] of Object.entries(subjects)) assert.equal(replySubject(subject), expected);
});

test('RFC 5322 3.6.2: the answer goes to Reply-To, else to From, and only where mail can be sent to', () => {
  const ann = { name: 'Ann', address: 'ann@x.example' };
  const list = { name: '', address: 'desk@x.example' };
  const broken = { name: 'Nobody', address: '' };
  assert.deepEqual(replyRecipients({ replyTo: [], from: [ann] }), [ann]);
  assert.deepEqual(replyRecipients({ replyTo: [list, broken], from: [ann] }), [list]);
  assert.deepEqual(replyRecipients({ replyTo: [broken], from: [ann] }), [ann]);
  assert.deepEqual(replyRecipients({ replyTo: [], from: [broken] }), []);
});

test('RFC 5322 3.6.4: In-Reply-To is the message, References its ancestors and then itself', async () => {
  const answers = {
    headers: [],
    id: 'msg_1',
    threadId: 'thr_1',
    messageId: 'third@x.example',
    inReplyTo: ['second@x.example'],
    references: ['first@x.example', 'second@x.example'],
  };
  const { content, mail } = await composed({ answers });
  assert.deepEqual(content.inReplyTo, ['third@x.example']);
  assert.deepEqual(content.references, ['first@x.example', 'second@x.example', 'third@x.example']);
  assert.equal(mail.inReplyTo, 'msg_1');
  assert.equal(mail.threadId, 'thr_1');

  const short = await composed({ answers: { ...answers, references: [] } });
  assert.deepEqual(short.content.references, ['second@x.example', 'third@x.example']);
  const bare = await composed({ answers: { ...answers, references: [], inReplyTo: [], messageId: null } });
  assert.deepEqual([bare.content.references, bare.content.inReplyTo], [[], []]);
});

test('identifiers stay as they were written, also where they are odd, and nothing else comes in with them', async () => {
  const odd = [
    'a b@x.example',
    '"q s"@x.example',
    'no-at-sign',
    'a@b@c',
    'abc@[192.0.2.1]',
    'a(b)c@x',
    'a,b;c@x',
    `${'x'.repeat(800)}@x.example`,
  ];
  for (const id of odd) {
    const source = Buffer.from(
      `Message-ID: <${id}>\r\nReferences: <first one@x.example> <${id.length}@x.example>\r\nFrom: a@x.example\r\n\r\nHi\r\n`,
    );
    const { content } = parseMessage(source);
    const mail = await composed({ answers: { id: 'msg_1', threadId: 'thr_1', ...content } });
    const head = mail.source.split('\r\n\r\n')[0] ?? '';
    const field = (name: string) => new RegExp(`^${name}: (.*(?:\\r\\n .*)*)`, 'm').exec(head)?.[1];
    assert.equal(field('In-Reply-To'), `<${id}>`);
    assert.equal(
      field('References'),
      ['first one@x.example', `${id.length}@x.example`, id].map((one) => `<${one}>`).join('\r\n '),
    );
    assert.ok(head.split('\r\n').every((line) => line.length <= 998 && /^[ -~]*$/.test(line)));
  }
  for (const id of [' ', 'a\u0000b@x.example', 'jörg@x.example', 'x'.repeat(1000)])
    assert.deepEqual(ancestorsOf({ headers: [], messageId: id, inReplyTo: [], references: [] }), []);
});

test('a thread of a thousand keeps its root and its nearest, and no reference twice', () => {
  const references = Array.from({ length: 1000 }, (_, n) => `${n}@x.example`);
  const ancestors = ancestorsOf({ headers: [], messageId: '5@x.example', inReplyTo: [], references });
  assert.equal(ancestors[0], '0@x.example');
  assert.equal(ancestors.at(-1), '5@x.example');
  assert.ok(ancestors.length <= 40);
  assert.equal(new Set(ancestors).size, ancestors.length);
});

test('an address is one that can stand in an envelope', () => {
  for (const good of [
    'ann@x.example',
    "o'neil+tag@x.example",
    'ünal@bücher.example',
    'a@localhost',
    '"a b"@x',
    '"a@b"@x',
    '"a\\"b"@x',
    'a@[1.2.3.4]',
    'a@[IPv6:2001:db8::1]',
  ])
    assert.ok(isAddress(good), good);
  for (const bad of [
    '',
    'ann',
    'a b@x',
    'a@b@c',
    '<a@b>',
    'a@b,c@d',
    'a@b\r\nRCPT TO:<c@d>',
    '"a b@x',
    '"a"b"@x',
    '"a<b>"@x',
    '"a\r\nb"@x',
    '"a" b@x',
    'a@[1.2.3.4',
    'a@[elsewhere.example]',
    'a@[1.2.3.4]>',
  ])
    assert.ok(!isAddress(bad), bad);
});

test('an answer loses none of those whom Reply-To asks for: groups, quoted local parts, address literals', async () => {
  const cases: Record<string, string[]> = {
    'Desk: ann@x.example, "Lee, Bo" <bo@y.example>;': ['ann@x.example', 'bo@y.example'],
    '"ann smith"@x.example, bo@y.example': ['"ann smith"@x.example', 'bo@y.example'],
    'Ann <"ann..smith"@x.example>': ['"ann..smith"@x.example'],
    'Ann <"a\\"nn"@x.example>': ['"a\\"nn"@x.example'],
    'ann@[192.0.2.1], Bo <bo@[IPv6:2001:db8::1]>': ['ann@[192.0.2.1]', 'bo@[ipv6:2001:db8::1]'],
    'Desk: "ann smith"@x.example;, bo@y.example': ['"ann smith"@x.example', 'bo@y.example'],
  };
  for (const [field, expected] of Object.entries(cases)) {
    const { content } = parseMessage(Buffer.from(`From: x@x.example\r\nReply-To: ${field}\r\n\r\nHi\r\n`));
    assert.deepEqual(unanswerable(content), [], field);
    const { mail, content: sent } = await composed({ to: replyRecipients(content) });
    const lower = (addresses: { address: string }[]) => addresses.map(({ address }) => address.toLowerCase());
    assert.deepEqual([lower(mail.recipients), lower(sent.to)], [expected, expected], field);
  }
});

test('whom mail cannot be sent to is named, and not left out', () => {
  const ann = { name: 'Ann', address: 'ann@x.example' };
  const broken = { name: 'Nobody', address: 'nobody' };
  assert.deepEqual(unanswerable({ replyTo: [ann, broken], from: [ann] }), [broken]);
  assert.deepEqual(unanswerable({ replyTo: [], from: [ann, broken] }), [broken]);
  assert.deepEqual(unanswerable({ replyTo: [ann], from: [broken] }), []);
});
