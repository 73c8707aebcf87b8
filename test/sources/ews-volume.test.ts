import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { bigMail } from '../../lab/mail.ts';
import { type EwsWorld, mail, openSource, startEwsWorld } from './ews-world.ts';
import { see, sha256 } from './setting.ts';

let world: EwsWorld;
before(async () => {
  world = await startEwsWorld();
});
after(() => world.stop());

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Bytes that are really in use, in the heap and beside it; the stand-in is in this process too. */
function bytesInUse(): number {
  collectGarbage();
  // What lay beside the heap is counted as free after the next collection only
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const mebibyte = 1024 * 1024;

test('a message of 100 MB is streamed byte for byte in bounded memory', async (t) => {
  const address = 'large@example.com';
  const mailbox = world.ews.mailbox(address);
  const sent = createHash('sha256');
  const receivedAt = new Date(Date.now() - 60_000);
  async function* observed() {
    for await (const part of bigMail(100_000_000)) {
      sent.update(part);
      yield part;
    }
  }
  await mailbox.deliver(observed(), 'INBOX', { receivedAt });
  await mailbox.deliver(mail(2));
  const source = openSource(t, world.server(address), world.personalTokens(address));

  const received = createHash('sha256');
  let length = 0;
  let peak = 0;
  let following = '';
  const before = bytesInUse();
  for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal })) {
    if (event.kind !== 'message') continue;
    if (event.size < mebibyte) {
      const seen = await see(event);
      following = seen.kind === 'message' ? seen.sha256 : seen.code;
      continue;
    }
    for await (const chunk of event.raw) {
      received.update(chunk);
      length += chunk.length;
      if (length % (8 * mebibyte) < chunk.length) peak = Math.max(peak, bytesInUse() - before);
    }
  }
  assert.ok(length > 100_000_000, `${length} bytes`);
  assert.equal(received.digest('hex'), sent.digest('hex'));
  assert.equal(following, sha256(mail(2)), 'the other message comes as well');
  assert.ok(peak < 16 * mebibyte, `${peak} bytes in use at the peak`);
});

test('a mailbox of 5,000 messages is read exactly once, through three interruptions, in bounded memory', async (t) => {
  const address = 'many@example.com';
  const mailbox = world.ews.mailbox(address);
  const count = 5_000;
  const start = Date.now() - count * 1000;
  for (let n = 1; n <= count; n++)
    await mailbox.deliver(mail(n), 'INBOX', { receivedAt: new Date(start + n * 1000) });
  const stored = new Set<string>();
  const source = openSource(t, world.server(address), world.personalTokens(address), {}, { stored });
  let cursor: string | null = null;
  let seen = 0;
  let peak = 0;
  const before = bytesInUse();
  for (const stopAt of [1, 1_777, 3_500, count + 1]) {
    const { signal } = new AbortController();
    for await (const event of source.messages(cursor, { watch: false, signal })) {
      cursor = event.cursor;
      if (event.kind !== 'message') continue;
      for await (const chunk of event.raw) assert.equal(sha256(chunk), sha256(mail(++seen)));
      stored.add(event.position.uid);
      if (seen % 1_000 === 0) peak = Math.max(peak, bytesInUse() - before);
      if (seen === stopAt) break;
    }
  }
  assert.equal(seen, count);
  assert.ok(cursor !== null && cursor.length < 5_000, `a cursor of ${cursor?.length} characters`);
  assert.ok(peak < 16 * mebibyte, `${peak} bytes in use at the peak`);
});
