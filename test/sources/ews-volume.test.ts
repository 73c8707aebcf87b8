import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { bigMail } from '../../lab/mail.ts';
import { type EwsWorld, mail, openSource, startEwsWorld } from './ews-world.ts';
import { sha256 } from './setting.ts';
import { bytesInUse, mebibyte, readLarge, sending } from './volume.ts';

let world: EwsWorld;
before(async () => {
  world = await startEwsWorld();
});
after(() => world.stop());

test('a message of 100 MB is streamed byte for byte in bounded memory', async (t) => {
  const address = 'large@example.com';
  const mailbox = world.ews.mailbox(address);
  const sent = createHash('sha256');
  const receivedAt = new Date(Date.now() - 60_000);
  await mailbox.deliver(sending(bigMail(100_000_000), sent), 'INBOX', { receivedAt });
  await mailbox.deliver(mail(2));
  const source = openSource(t, world.server(address), world.personalTokens(address));

  const { length, sha256: received, following, peak } = await readLarge(source);
  assert.ok(length > 100_000_000, `${length} bytes`);
  assert.equal(received, sent.digest('hex'));
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
