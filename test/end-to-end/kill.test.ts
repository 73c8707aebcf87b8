import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeMail } from '../../lab/mail.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { collectionsOf } from '../resources/fixtures.ts';
import { readAll } from '../store/fixtures.ts';
import { mailbox, peek, spawnServer, startWorld, until, type World } from './world.ts';

const total = 5_000;

/** Random, but the same at each run of a seed, so that a failure can be had again. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

/** Lets a server run until something is reached and a moment longer, then kills it. */
async function serveUntil(world: World, reached: () => boolean, random: () => number) {
  const server = spawnServer(world);
  await until('there is progress', () => {
    server.assertRunning();
    return reached();
  });
  await sleep(random() * 40);
  await server.kill();
}

test('kill -9 at 24 random points of a synchronisation and of delivery neither loses nor doubles a message', async (t) => {
  const seed = Number(process.env.LETTERBOX_TEST_SEED ?? Date.now() % 100_000);
  t.diagnostic(`seed ${seed}`);
  const random = dice(seed);
  const world = await startWorld(t);
  await world.dovecot.fill(
    mailbox,
    Array.from({ length: total }, (_, n) => makeMail(n)),
  );
  const letterbox = await world.open();
  const { server } = await world.setUp(letterbox, { afterIntake: { action: 'mark-read' } });
  await letterbox.close();

  for (let kills = 0; kills < 14; kills++) {
    const mark = Math.min(total, Math.floor(((kills + random()) / 14) * total));
    await serveUntil(world, () => peek(world.dataFolder).messages >= mark, random);
  }
  for (let kills = 0; kills < 10; kills++) {
    const received = world.receiver.requests.length;
    const more = 1 + Math.floor(random() * 200);
    const done = () => peek(world.dataFolder).delivered >= total;
    await serveUntil(world, () => world.receiver.requests.length >= received + more || done(), random);
  }
  const last = spawnServer(world);
  await until('everything is delivered', () => peek(world.dataFolder).delivered >= total, 120);
  await last.kill();

  const store = await openSqliteStore(world.dataFolder);
  world.after(() => store.close());
  assert.equal(await store.messages.count(), total);
  const stored: string[] = [];
  for (let before: string | undefined; ; ) {
    const page = await store.messages.list({ limit: 500, ...(before && { before }) });
    for (const { id } of page.items) {
      const raw = await readAll(store.messages.raw(id));
      stored.push(createHash('sha256').update(raw).digest('hex'));
    }
    if (page.next === null) break;
    before = page.next;
  }
  const onServer = (await world.dovecot.messages(mailbox)).map(({ sha256 }) => sha256);
  assert.deepEqual(stored.toSorted(), onServer.toSorted(), 'every message once, byte for byte');

  const idsByMessage = Map.groupBy(
    world.receiver.requests.filter(({ verified }) => verified),
    (request) => JSON.parse(request.body).data.id as string,
  );
  assert.equal(idsByMessage.size, total, 'every message was received');
  for (const [message, requests] of idsByMessage)
    assert.equal(
      new Set(requests.map(({ id }) => id)).size,
      1,
      `${message} always came under the same webhook-id`,
    );
  assert.deepEqual(await store.deliveries.counts(), { pending: 0, delivered: total, dead: 0 });
  assert.equal((await collectionsOf(store).servers.list())[0]?.id, server.id);
});
