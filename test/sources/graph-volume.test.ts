import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { mail } from './dovecot-world.ts';
import { type GraphWorld, startGraphWorld } from './graph-world.ts';
import { knownAmong, sha256 } from './setting.ts';
import { bytesInUse, mebibyte, readLarge, sending } from './volume.ts';

let world: GraphWorld;
before(async () => {
  world = await startGraphWorld();
});
after(() => world.stop());

test('a message of 100 MB is streamed byte for byte in bounded memory', async (t) => {
  const address = 'large@example.com';
  const sent = createHash('sha256');
  const lines = `${randomBytes(45).toString('base64')}\r\n`.repeat(17_000);
  await world.graph.deliver(address, sending([mail(1), ...Array<string>(97).fill(lines)], sent), {
    receivedAt: new Date('2026-01-01T00:00:00Z'),
  });
  await world.graph.deliver(address, mail(2));
  const source = world.source(t, address);

  const { length, sha256: received, following, peak } = await readLarge(source);
  assert.ok(length > 100_000_000, `${length} bytes`);
  assert.equal(received, sent.digest('hex'));
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
    known: knownAmong((uid) => stored.has(uid)),
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
