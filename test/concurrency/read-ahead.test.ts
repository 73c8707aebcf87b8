import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAhead } from '../../src/concurrency/read-ahead.ts';

test('results come in the order of the items, so many under way at once', async () => {
  let underWay = 0;
  let most = 0;
  const begin = async (n: number) => {
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setTimeout(resolve, 5 - n));
    underWay--;
    return n * 10;
  };
  const results: [number, number][] = [];
  for await (const result of readAhead([1, 2, 3, 4], begin, 3)) results.push(result);
  assert.deepEqual(
    results,
    [1, 2, 3, 4].map((n) => [n, n * 10]),
  );
  assert.equal(most, 3);
});

test('a failure comes where its item stands', async () => {
  const seen: number[] = [];
  const begin = async (n: number) => {
    if (n === 2) throw new Error('two');
    return n;
  };
  const reading = (async () => {
    for await (const [n] of readAhead([1, 2, 3], begin, 3)) seen.push(n);
  })();
  await assert.rejects(reading, /two/);
  assert.deepEqual(seen, [1]);
});
