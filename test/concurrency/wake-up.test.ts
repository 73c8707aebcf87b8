import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWakeUp } from '../../src/concurrency/wake-up.ts';

const forEver = 2 ** 30;

test('a wake-up ends the sleep under way', async () => {
  const wakeUp = createWakeUp();
  const sleeping = wakeUp.sleep(forEver);
  wakeUp.wake();
  await sleeping;
});

test('a wake-up while nobody sleeps ends the next sleep, and only that', async () => {
  const wakeUp = createWakeUp();
  wakeUp.wake();
  wakeUp.wake();
  await wakeUp.sleep(forEver);
  const ended = new AbortController();
  let slept = false;
  const next = wakeUp.sleep(forEver, ended.signal).then(() => {
    slept = true;
  });
  await new Promise(setImmediate);
  assert.equal(slept, false);
  ended.abort();
  await next;
});
