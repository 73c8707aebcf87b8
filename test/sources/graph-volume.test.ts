import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { mail } from './dovecot-world.ts';
import { type GraphWorld, startGraphWorld } from './graph-world.ts';
import { see, sha256 } from './setting.ts';

let world: GraphWorld;
before(async () => {
  world = await startGraphWorld();
});
after(() => world.stop());

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Bytes that are really in use, in the heap and beside it. */
function bytesInUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const mebibyte = 1024 * 1024;

test('P32: a message of 100 MB is streamed byte for byte in bounded memory', async (t) => {
  const address = 'large@example.com';
  const sent = createHash('sha256');
  await world.graph.deliver(
    address,
    (async function* () {
      const lines = `${randomBytes(45).toString('base64')}\r\n`.repeat(17_000);
      for (const part of [mail(1), ...Array<string>(97).fill(lines)]) {
        sent.update(part);
        yield Buffer.from(part);
      }
    })(),
    { receivedAt: new Date('2026-01-01T00:00:00Z') },
  );
  await world.graph.deliver(address, mail(2));
  const source = world.source(t, address);

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

test('a mailbox of 5,000 messages is read exactly once, through two interruptions, in bounded memory', async (t) => {
  const address = 'many@example.com';
  const count = 5_000;
  const missing = new Set<string>();
  for (let n = 1; n <= count; n++) {
    await world.graph.deliver(address, mail(n));
    missing.add(sha256(mail(n)));
  }
  const stored = new Set<string>();
  const source = world.source(t, address, {
    known: async (_place, uids) => new Set(uids.filter((uid) => stored.has(uid))),
  });
  let cursor: string | null = null;
  let peak = 0;
  const before = bytesInUse();
  for (const stopAt of [1, 2_222, count + 1]) {
    for await (const event of source.messages(cursor, {
      watch: false,
      signal: new AbortController().signal,
    })) {
      cursor = event.cursor;
      if (event.kind !== 'message') continue;
      for await (const chunk of event.raw) assert.ok(missing.delete(sha256(chunk)));
      stored.add(event.position.uid);
      if (stored.size % 1_000 === 0) peak = Math.max(peak, bytesInUse() - before);
      if (stored.size === stopAt) break;
    }
  }
  assert.equal(stored.size, count);
  assert.equal(missing.size, 0);
  assert.ok(peak < 16 * mebibyte, `${peak} bytes in use at the peak`);
});
