import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type DovecotWorld, mail, startDovecotWorld } from './dovecot-world.ts';
import { emptyMemory, openPop3, startMaildrop } from './pop3-setting.ts';
import { readNow, sha256 } from './setting.ts';
import { bytesInUse, mebibyte, readLarge, sending } from './volume.ts';

let world: DovecotWorld;
before(async () => {
  world = await startDovecotWorld();
});
after(() => world.stop());

test('a message of 100 MB is streamed byte for byte in bounded memory', async (t) => {
  const user = 'large@example.com';
  const sent = createHash('sha256');
  const lines = `${randomBytes(45).toString('base64')}\r\n.dot\r\n`.repeat(15_000);
  await world.dovecot.deliver(user, sending([mail(1), ...Array<string>(102).fill(lines)], sent));
  await world.dovecot.deliver(user, mail(2));
  const source = openPop3(t, world.pop3Server(user), world.tokensFor(user));

  const { length, sha256: received, following, peak } = await readLarge(source);
  assert.ok(length > 100_000_000, `${length} bytes`);
  assert.equal(received, sent.digest('hex'));
  assert.equal(following, sha256(mail(2)), 'the other message comes as well');
  assert.ok(peak < 16 * mebibyte, `${peak} bytes in use at the peak`);
});

test('a mailbox of 5,000 messages is read exactly once, through three interruptions', async (t) => {
  const user = 'many@example.com';
  const count = 5_000;
  await world.dovecot.fill(
    user,
    (function* () {
      for (let n = 1; n <= count; n++) yield mail(n);
    })(),
  );
  const source = openPop3(t, world.pop3Server(user), world.tokensFor(user));
  const missing = new Set(Array.from({ length: count }, (_, i) => sha256(mail(i + 1))));
  let seen = 0;
  let cursor: string | null = null;
  for (const stopAt of [1, 1_777, 3_000, count + 1]) {
    const { signal } = new AbortController();
    for await (const event of source.messages(cursor, { watch: false, signal })) {
      cursor = event.cursor;
      if (event.kind !== 'message') continue;
      for await (const chunk of event.raw) assert.ok(missing.delete(sha256(chunk as Uint8Array)));
      if (++seen === stopAt) break;
    }
  }
  assert.equal(seen, count);
  assert.equal(missing.size, 0);
});

test('with 100,000 messages left on the server the cursor stays small, and a look costs little memory', async (t) => {
  const messages = Array.from({ length: 100_000 }, (_, i) => ({
    uid: `AQAAAHn${String(i).padStart(20, '0')}`,
    bytes: mail(1),
  }));
  const memory = emptyMemory();
  for (const { uid } of messages) memory.stored.add(uid);
  const { server } = await startMaildrop(t, {}, messages);
  const before = bytesInUse();
  const source = openPop3(t, server, undefined, {}, memory);
  const { seen, cursor } = await readNow(source);
  assert.deepEqual(seen, []);
  assert.ok(cursor.length < 100, `${cursor.length} characters`);
  const used = bytesInUse() - before;
  assert.ok(used < 48 * mebibyte, `${used} bytes in use`);

  // From now, with all of them there: what is left alone must be remembered one by one
  const fromNow = openPop3(t, { ...server, startFrom: server.createdAt });
  const first = await readNow(fromNow);
  assert.deepEqual(first.seen, []);
  assert.ok(first.cursor.length < 1.2 * mebibyte, `${first.cursor.length} characters`);
  assert.deepEqual((await readNow(fromNow, first.cursor)).seen, []);
});
