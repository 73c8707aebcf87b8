import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inBatches } from '../../src/concurrency/batches.ts';

const limits = { items: 3, bytes: 100, waitMilliseconds: 20 };

async function collect<T>(batches: AsyncIterable<T[]>): Promise<T[][]> {
  const all: T[][] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

async function* items(...sizes: number[]): AsyncGenerator<number> {
  yield* sizes;
}

test('what streams in is gathered up to so many items, or so many bytes', async () => {
  assert.deepEqual(await collect(inBatches(items(1, 2, 3, 4, 5, 6, 7), (n) => n, limits)), [
    [1, 2, 3],
    [4, 5, 6],
    [7],
  ]);
  assert.deepEqual(await collect(inBatches(items(60, 60, 1, 150, 1), (n) => n, limits)), [
    [60, 60],
    [1, 150],
    [1],
  ]);
  assert.deepEqual(await collect(inBatches(items(), (n) => n, limits)), []);
});

test('a lone item does not wait for company, nor a slow trickle for a full batch', async () => {
  const more = Promise.withResolvers<void>();
  async function* lone() {
    yield 1;
    await more.promise;
    yield 2;
  }
  const batches = inBatches(lone(), () => 1, limits)[Symbol.asyncIterator]();
  assert.deepEqual((await batches.next()).value, [1]);
  more.resolve();
  assert.deepEqual((await batches.next()).value, [2]);

  async function* trickle() {
    for (let n = 0; n < 20; n++) {
      await sleep(5);
      yield n;
    }
  }
  const trickled = await collect(inBatches(trickle(), () => 1, { ...limits, items: 1000 }));
  assert.ok(trickled.length > 1);
  assert.deepEqual(
    trickled.flat(),
    Array.from({ length: 20 }, (_, n) => n),
  );
});

test('the next item is asked for while a batch is worked on, and only one', async () => {
  let asked = 0;
  async function* counted() {
    for (;;) yield ++asked;
  }
  for await (const batch of inBatches(counted(), () => 1, limits)) {
    await sleep(5);
    assert.equal(asked, (batch.at(-1) as number) + 1);
    if (asked > 12) break;
  }
});

test('what came before a failure is whole and counts, then the failure is told', async () => {
  async function* failing() {
    yield 1;
    yield 2;
    throw new Error('broken');
  }
  const seen: number[][] = [];
  await assert.rejects(async () => {
    for await (const batch of inBatches(failing(), () => 1, limits)) seen.push(batch);
  }, /broken/);
  assert.deepEqual(seen, [[1, 2]]);
});

test('whoever stops early ends the source', async () => {
  let ended = false;
  async function* endless() {
    try {
      for (;;) yield 1;
    } finally {
      ended = true;
    }
  }
  for await (const _ of inBatches(endless(), () => 1, limits)) break;
  assert.ok(ended);
});

test('a failure while a batch is worked on is nobody’s unhandled one', async () => {
  async function* failingLater() {
    yield* [1, 2, 3];
    throw new Error('broken');
  }
  const batches = inBatches(failingLater(), () => 1, limits)[Symbol.asyncIterator]();
  assert.deepEqual((await batches.next()).value, [1, 2, 3]);
  await sleep(20);
  await assert.rejects(batches.next(), /broken/);
});
