import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type DovecotWorld, mail, startDovecotWorld } from './dovecot-world.ts';
import { openSource, sha256 } from './setting.ts';
import { bytesInUse, mebibyte, readLarge, sending } from './volume.ts';

let world: DovecotWorld;
before(async () => {
  world = await startDovecotWorld();
});
after(() => world.stop());

test('a message of 100 MB is streamed byte for byte in bounded memory', async (t) => {
  const user = 'large@example.com';
  const sent = createHash('sha256');
  const lines = `${randomBytes(45).toString('base64')}\r\n`.repeat(17_000);
  await world.dovecot.deliver(user, sending([mail(1), ...Array<string>(97).fill(lines)], sent));
  await world.dovecot.deliver(user, mail(2));
  const source = openSource(t, world.server(user), world.tokensFor(user));

  const { length, sha256: received, following, peak } = await readLarge(source);
  assert.ok(length > 100_000_000, `${length} bytes`);
  assert.equal(received, sent.digest('hex'));
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
