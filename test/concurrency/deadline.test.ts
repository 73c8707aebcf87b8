import assert from 'node:assert/strict';
import { test } from 'node:test';
import { within } from '../../src/concurrency/deadline.ts';

test('what comes in time is given, what does not is late, and a failure is thrown', async () => {
  assert.equal(await within(60_000, Promise.resolve('given')), 'given');
  assert.equal(await within(1, new Promise(() => undefined)), 'late');
  await assert.rejects(within(60_000, Promise.reject(new Error('broken'))), /broken/);
});
