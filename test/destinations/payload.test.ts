import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { makeMail } from '../../lab/mail.ts';
import { publishedSchema } from '../../src/api/json-schema.ts';
import type { MessageDelivery } from '../../src/delivery/destination.ts';
import {
  payloadOf,
  type WebhookPayload,
  webhookPayloadSchema,
} from '../../src/destinations/webhook/payload.ts';
import { parseMessage } from '../../src/mime/parser.ts';
import type { Message } from '../../src/model/message.ts';
import { startDelivering } from '../delivery/delivering.ts';
import { readCorpus } from '../mime/corpus.ts';
import { until } from '../until.ts';

const published = JSON.parse(
  readFileSync(new URL('../../docs/webhook.schema.json', import.meta.url), 'utf8'),
);

/** The published schema as a check that also refuses fields which it does not name. */
const described = z.fromJSONSchema(closed(published));

function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const inside = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return (inside.type === 'object' ? { ...inside, additionalProperties: false } : inside) as T;
}

/** A message of these bytes as the store would give it, and what is read of its source. */
function deliveryOf(bytes: Uint8Array) {
  const { content, size, sha256 } = parseMessage(bytes);
  const message: Message = {
    ...content,
    size,
    sha256,
    id: 'msg_1',
    serverId: 'srv_1',
    mailbox: 'support@contoso.example',
    folder: 'INBOX',
    threadId: 'thr_1',
    receivedAt: '2026-11-24T10:00:00.000Z',
    storedAt: '2026-11-24T10:00:01.000Z',
  };
  let read = 0;
  const delivery: MessageDelivery = {
    replayOf: null,
    deliveryId: 'dlv_1',
    message,
    async *raw(offset = 0, length = bytes.length) {
      read += length;
      yield bytes.subarray(offset, offset + length);
    },
    url: (attachment) => `https://letterbox.example/download/msg_1/${attachment?.index ?? 'raw'}`,
  };
  return { message, delivery, read: () => read };
}

async function payload(bytes: Uint8Array, inlineBytes = 64 * 1024) {
  const { delivery, read } = deliveryOf(bytes);
  const body = await payloadOf(delivery, inlineBytes);
  return { ...(JSON.parse(body) as WebhookPayload), body, read: read() };
}

/** A mail with files of these sizes. */
function mailWithFiles(sizes: number[]): { bytes: Buffer; files: Buffer[] } {
  const files = sizes.map((size) => randomBytes(size));
  const parts = files.map((file, n) =>
    [
      '--b',
      `Content-Type: application/pdf; name="${n}.pdf"`,
      'Content-Disposition: attachment',
      'Content-Transfer-Encoding: base64',
      '',
      file.toString('base64').replace(/.{76}/g, '$&\r\n'),
      '',
    ].join('\r\n'),
  );
  const head = 'Subject: files\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n';
  return { bytes: Buffer.from(`${head}${parts.join('')}--b--\r\n`), files };
}

test('the published schema of a webhook is that of this release (written by scripts/schemas.ts)', () => {
  assert.deepEqual(published, publishedSchema(webhookPayloadSchema));
});

test('what is published describes what is sent, every field of it: mails of an office and those of the corpus', async () => {
  const office = Array.from({ length: 60 }, (_, n) => makeMail(n));
  for (const bytes of [...office, ...readCorpus().map(({ bytes }) => bytes), Buffer.alloc(0)]) {
    const { body } = await payload(bytes);
    const { error } = described.safeParse(JSON.parse(body));
    assert.equal(error, undefined);
  }
});

test('the check of the published schema is not blind', async () => {
  const { body: _, read: __, ...sent } = await payload(makeMail(1));
  assert.ok(described.safeParse(sent).success);
  for (const wrong of [
    { ...sent, extra: 1 },
    { ...sent, type: 'message.other' },
    { ...sent, data: { ...sent.data, rawUrl: undefined } },
    { ...sent, data: { ...sent.data, extra: 1 } },
  ])
    assert.ok(!described.safeParse(JSON.parse(JSON.stringify(wrong))).success);
});

test('a body that was really received is the message, as described', async (t) => {
  const { addTarget, receive, dispatcher, store } = await startDelivering(t);
  const { receiver } = await addTarget('tickets');
  const { bytes, files } = mailWithFiles([10, 100_000]);
  const [id = ''] = await receive(bytes);
  await dispatcher.start();
  await until('it came', () => receiver.requests.length === 1);
  const sent = JSON.parse(receiver.requests[0]?.body ?? '');
  assert.ok(described.safeParse(sent).success);
  const message = await store.messages.get(id);
  assert.equal(sent.timestamp, message?.storedAt);
  const [inside, outside] = sent.data.attachments;
  assert.deepEqual(Buffer.from(inside.content, 'base64'), files[0]);
  assert.equal(outside.url, `https://letterbox.example/download/${id}/1`);
  assert.equal(sent.data.rawUrl, `https://letterbox.example/download/${id}/raw`);
  const { attachments, ...rest } = message as Message;
  for (const [name, value] of Object.entries(rest)) assert.deepEqual(sent.data[name], value, name);
  for (const [n, attachment] of attachments.entries())
    for (const [name, value] of Object.entries(attachment))
      assert.deepEqual(sent.data.attachments[n][name], value, name);
});

test('an attachment is inside up to the limit, decoded and whole; beyond it there is its URL', async () => {
  const { bytes, files } = mailWithFiles([0, 1_000, 1_001]);
  const { data } = await payload(bytes, 1_000);
  const [empty, small, large] = data.attachments;
  assert.equal(empty?.content, '');
  assert.deepEqual(Buffer.from(small?.content ?? '', 'base64'), files[1]);
  assert.equal(
    createHash('sha256')
      .update(files[1] as Buffer)
      .digest('hex'),
    small?.sha256,
  );
  assert.deepEqual([small?.url, large?.content], [undefined, undefined]);
  assert.equal(large?.url, 'https://letterbox.example/download/msg_1/2');
});

test('with a limit of 0 nothing but the empty is inside', async () => {
  const { data, read } = await payload(mailWithFiles([1, 10]).bytes, 0);
  assert.deepEqual(
    data.attachments.map(({ content, url }) => [content, typeof url]),
    Array(2).fill([undefined, 'string']),
  );
  assert.equal(read, 0);
});

test('many small attachments are inside up to 1 MiB together, so that a body stays bounded', async () => {
  const { bytes } = mailWithFiles(Array(40).fill(60_000));
  const { data, body, read } = await payload(bytes);
  const inside = data.attachments.filter(({ content }) => content !== undefined);
  assert.equal(inside.length, 17);
  assert.equal(data.attachments.filter(({ url }) => url).length, 23);
  assert.ok(body.length < 2_000_000);
  assert.ok(read < 1_500_000, 'what is not sent is not read');
});

test('a limit above 1 MiB holds too: one such attachment is inside, as was configured', async () => {
  const { bytes, files } = mailWithFiles([3_000_000, 3_000_000]);
  const { data } = await payload(bytes, 5_000_000);
  assert.deepEqual(Buffer.from(data.attachments[0]?.content ?? '', 'base64'), files[0]);
  assert.ok(data.attachments[1]?.url);
});

test('a large attachment is never read for a webhook, so its size costs no memory', async () => {
  const { bytes } = mailWithFiles([20_000_000]);
  const { body, read } = await payload(bytes);
  assert.equal(read, 0);
  assert.ok(body.length < 5_000);
});
