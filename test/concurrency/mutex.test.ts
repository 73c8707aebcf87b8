import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKeyedMutex, createLock, createMutex } from '../../src/concurrency/mutex.ts';

test('one thing after the other, in the order asked; a failure holds nobody up', async () => {
  const inTurn = createMutex();
  const done: number[] = [];
  const work = (n: number) => async () => {
    await sleep(5 - n);
    done.push(n);
    if (n === 1) throw new Error('one');
  };
  const all = await Promise.allSettled([inTurn(work(0)), inTurn(work(1)), inTurn(work(2))]);
  assert.deepEqual(done, [0, 1, 2]);
  assert.deepEqual(
    all.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});

test('by key, one key holds up no other, and idle waits for all of them', async () => {
  const mutex = createKeyedMutex();
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const slow = mutex.run('a', async () => {
    await gate.promise;
    done.push('a1');
  });
  const second = mutex.run('a', async () => void done.push('a2'));
  await mutex.run('b', async () => void done.push('b'));
  assert.deepEqual(done, ['b']);
  gate.resolve();
  await mutex.idle();
  assert.deepEqual(done, ['b', 'a1', 'a2']);
  await Promise.all([slow, second]);
});

test('a lock lets one in after the other, each when the one before has left; leaving twice lets in no two', async () => {
  const lock = createLock();
  const inside: number[] = [];
  const leave = await lock();
  const others = [1, 2].map(async (n) => {
    const leaveAgain = await lock();
    inside.push(n);
    return leaveAgain;
  });
  await sleep(1);
  assert.deepEqual(inside, []);
  leave();
  leave();
  const leaveFirst = await others[0];
  await sleep(1);
  assert.deepEqual(inside, [1]);
  leaveFirst?.();
  await others[1];
  assert.deepEqual(inside, [1, 2]);
});
