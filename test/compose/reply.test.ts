import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ancestorsOf, isAddress, replyRecipients, replySubject } from '../../src/compose/reply.ts';
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

test('a thread of a thousand keeps its root and its nearest, and no reference twice', () => {
  const references = Array.from({ length: 1000 }, (_, n) => `${n}@x.example`);
  const ancestors = ancestorsOf({ messageId: '5@x.example', inReplyTo: [], references });
  assert.equal(ancestors[0], '0@x.example');
  assert.equal(ancestors.at(-1), '5@x.example');
  assert.ok(ancestors.length <= 40);
  assert.equal(new Set(ancestors).size, ancestors.length);
});

test('an address is one that can stand in an envelope', () => {
  for (const good of ['ann@x.example', "o'neil+tag@x.example", 'ünal@bücher.example', 'a@localhost'])
    assert.ok(isAddress(good), good);
  for (const bad of [
    '',
    'ann',
    'a b@x',
    'a@b@c',
    '<a@b>',
    'a@b,c@d',
    'a@b\r\nRCPT TO:<c@d>',
    '"a b"@x',
    'a@[1.2.3.4]',
  ])
    assert.ok(!isAddress(bad), bad);
});
