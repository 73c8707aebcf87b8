import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { addOutgoing, inbox } from '../outgoing/letterbox.ts';
import { peek, spawnServer, startWorld, until } from './world.ts';

const mails = 120;
const kills = 8;
const customer = 'ann@fabrikam.example';

test(`kill -9 at ${kills} random points of sending loses no mail; what is sent again is the same mail under the same Message-ID`, async (t) => {
  const world = await startWorld(t);
  const letterbox = await world.open();
  const { id: serverId } = await addOutgoing(world, letterbox);
  const expected = new Set<string>();
  for (let n = 0; n < mails; n++) {
    const mail = { serverId, to: [customer], subject: `Mail ${n}`, text: `This is mail ${n}.` };
    expected.add((await letterbox.administration.outgoing.send(mail)).messageId);
  }
  await letterbox.close();

  for (let kill = 0; kill < kills; kill++) {
    const server = spawnServer(world);
    const before = peek(world.dataFolder).delivered;
    await until('it sends', () => {
      server.assertRunning();
      return peek(world.dataFolder).delivered > before;
    });
    await sleep(Math.random() * 100);
    await server.kill();
  }
  assert.ok(peek(world.dataFolder).pending > 0, 'it was killed while there was something to send');
  const server = spawnServer(world);
  await until('all are sent', () => {
    server.assertRunning();
    return peek(world.dataFolder).pending === 0;
  });
  await server.kill();

  const copies = Map.groupBy(await inbox(world, customer), ({ messageId }) => messageId ?? '');
  assert.deepEqual(new Set(copies.keys()), expected);
  for (const [messageId, same] of copies) {
    const sources = new Set(same.map(({ source }) => hashOf(source)));
    assert.equal(sources.size, 1, `${messageId} came as ${sources.size} different mails`);
  }
  const again = [...copies.values()].reduce((count, same) => count + same.length - 1, 0);
  // At most those that were under way when it was killed: two connections at once.
  assert.ok(again <= 2 * kills, `${again} mails came again`);
});

/** Of what was sent: the lines that mail servers put before it differ each time. */
function hashOf(source: string): string {
  return createHash('sha256')
    .update(source.slice(source.search(/^From:/m)))
    .digest('hex');
}
