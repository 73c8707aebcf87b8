import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSlots } from '../../src/concurrency/slots.ts';

const never = new AbortController().signal;

test('so many are let in at once, and the others in the order in which they asked', async () => {
  const slots = createSlots(2);
  const entered: string[] = [];
  const enter = (name: string) =>
    slots.take(never).then((giveBack) => {
      entered.push(name);
      return giveBack;
    });
  const [a, b, c, d] = [enter('a'), enter('b'), enter('c'), enter('d')];
  (await b)();
  (await c)();
  (await d)();
  (await a)();
  assert.deepEqual(entered, ['a', 'b', 'c', 'd']);
  await Promise.all([enter('e'), enter('f')]);
  assert.equal(entered.length, 6);
});

test('who waits no longer is passed over, with the reason', async () => {
  const slots = createSlots(1);
  const giveBack = await slots.take(never);
  const tired = new AbortController();
  const [first, second] = [slots.take(tired.signal), slots.take(never)];
  tired.abort(new Error('enough'));
  await assert.rejects(first, /enough/);
  giveBack();
  (await second)();
  await assert.rejects(slots.take(tired.signal), /enough/);
  (await slots.take(never))();
});
