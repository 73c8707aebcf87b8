import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyUnanswered } from '../../src/compose/automatic-mail.ts';
import { parseMessage } from '../../src/mime/parser.ts';
import { fill, unknownPlaceholders } from '../../src/resources/placeholders.ts';

const own = new Set(['support@contoso.example']);
const why = (fields: string[], to = 'ann@x.example') =>
  whyUnanswered(
    parseMessage(Buffer.from([...fields, 'From: ann@x.example', '', 'text'].join('\r\n'))).content,
    to,
    own,
  );

test('RFC 3834: a person’s mail may be answered', () => {
  for (const fields of [
    [],
    ['Auto-Submitted: no'],
    ['Auto-Submitted: No ; comment'],
    ['Precedence: first-class'],
    ['Return-Path: <ann@x.example>'],
    ['X-Auto-Response-Suppress: DR, RN, NRN'],
    ['X-Auto-Response-Suppress: None'],
  ])
    assert.equal(why(fields), null, fields.join());
  for (const to of ['noreplyan@x.example', 'replyto@x.example', 'tabounce@x.example'])
    assert.equal(why([], to), null, to);
});

test('RFC 3834: automatic mail, lists, bulk mail and bounces are never answered', () => {
  for (const fields of [
    ['Auto-Submitted: auto-replied'],
    ['Auto-Submitted: auto-generated; type=monthly'],
    ['AUTO-SUBMITTED: Auto-Notified'],
    ['Precedence: bulk'],
    ['Precedence: List'],
    ['Precedence: junk'],
    ['List-Id: <news.x.example>'],
    ['List-Unsubscribe: <mailto:off@x.example>'],
    ['Return-Path: <>'],
    ['X-Auto-Response-Suppress: All'],
    ['X-Auto-Response-Suppress: DR, AutoReply'],
    ['X-Autoreply: yes'],
    ['X-Spam-Flag: YES'],
    ['Authentication-Results: mx.contoso.example; spf=none; dmarc=fail header.from=x.example'],
    ['Content-Type: multipart/report; report-type=delivery-status; boundary=b'],
  ])
    assert.notEqual(why(fields), null, fields.join());
});

test('nor are addresses that nobody reads, nor our own', () => {
  for (const to of [
    'no-reply@x.example',
    'noreply@x.example',
    'do.not.reply@x.example',
    'donotreply@x.example',
    'invoices-noreply+4711@x.example',
    'mailer-daemon@x.example',
    'postmaster@x.example',
    'news-request@x.example',
    'owner-news@x.example',
    'bounces@x.example',
    'bounces+ann=x.example@mailer.example',
    'bounce-4711@mailer.example',
    'support@contoso.example',
  ])
    assert.notEqual(why([], to), null, to);
});

test('nor is mail in our own name, or in that of nobody, whatever envelope it came in', () => {
  for (const from of ['support@contoso.example', 'no-reply@x.example'])
    assert.notEqual(why([`From: ${from}`, 'Return-Path: <ann@x.example>']), null, from);
});

test('names in braces stand for what they say, once; others are refused at entry', () => {
  const values = {
    subject: '{name}',
    name: 'Ann',
    address: 'ann@x.example',
    mailbox: 'support@contoso.example',
    date: '2026-01-31',
  };
  assert.equal(fill('{name} wrote {subject} {what} {', values), 'Ann wrote {name} {what} {');
  assert.deepEqual(unknownPlaceholders('{name} {Subject} {what} { a } {}'), ['Subject', 'what', '']);
  assert.deepEqual(unknownPlaceholders('{constructor}'), ['constructor']);
});
