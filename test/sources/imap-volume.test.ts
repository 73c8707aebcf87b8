import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type DovecotWorld, mail, startDovecotWorld } from './dovecot-world.ts';
import { openSource, see, sha256 } from './setting.ts';

let world: DovecotWorld;
before(async () => {
  world = await startDovecotWorld();
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

test('a message of 100 MB is streamed byte for byte in bounded memory', async (t) => {
  const user = 'large@example.com';
  const sent = createHash('sha256');
  await world.dovecot.deliver(
    user,
    (async function* () {
      const lines = `${randomBytes(45).toString('base64')}\r\n`.repeat(17_000);
      for (const part of [mail(1), ...Array<string>(97).fill(lines)]) {
        sent.update(part);
        yield Buffer.from(part);
      }
    })(),
  );
  await world.dovecot.deliver(user, mail(2));
  const source = openSource(t, world.server(user), world.tokensFor(user));

  const received = createHash('sha256');
  let length = 0;
  let peak = 0;
  let following = '';
  // What delivering took is given back some time after it is garbage
  collectGarbage();
  await pause(100);
  const before = bytesInUse();
  for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal })) {
    if (event.kind !== 'message') continue;
    if (event.size < mebibyte) {
      const seen = await see(event);
      following = seen.kind === 'message' ? seen.sha256 : seen.code;
      continue;
    }
    let lookAt = 0;
    for await (const chunk of event.raw) {
      received.update(chunk);
      length += chunk.length;
      if (length < lookAt) continue;
      lookAt = length + 8 * mebibyte;
      peak = Math.max(peak, bytesInUse() - before);
    }
  }
  assert.ok(length > 100_000_000, `${length} bytes`);
  assert.equal(received.digest('hex'), sent.digest('hex'));
  assert.equal(following, sha256(mail(2)), 'the other message comes as well');
  assert.ok(peak < 32 * mebibyte, `${peak} bytes in use at the peak`);
});

test('a mailbox of 20,000 messages is read exactly once, through three interruptions, in bounded memory', async (t) => {
  const user = 'many@example.com';
  const count = 20_000;
  await world.dovecot.fill(
    user,
    (function* () {
      for (let n = 1; n <= count; n++) yield mail(n);
    })(),
  );
  const source = openSource(t, world.server(user), world.tokensFor(user));
  const missing = new Set(Array.from({ length: count }, (_, i) => sha256(mail(i + 1))));
  let seen = 0;
  let cursor: string | null = null;
  let lastUid = 0;
  let peak = 0;
  const before = bytesInUse();
  for (const stopAt of [1, 7_777, 15_000, count + 1]) {
    const { signal } = new AbortController();
    for await (const event of source.messages(cursor, { watch: false, signal })) {
      cursor = event.cursor;
      if (event.kind !== 'message') continue;
      assert.ok(Number(event.position.uid) > lastUid);
      lastUid = Number(event.position.uid);
      for await (const chunk of event.raw) assert.ok(missing.delete(sha256(chunk)));
      seen++;
      if (seen % 2_000 === 0) peak = Math.max(peak, bytesInUse() - before);
      if (seen === stopAt) break;
    }
  }
  assert.equal(seen, count);
  assert.equal(missing.size, 0);
  assert.ok(peak < 16 * mebibyte, `${peak} bytes in use at the peak`);
});
