import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startInstant } from '../../src/administration/server-input.ts';

test('only new mail: what comes in the very second of the start is new, as mail servers tell whole seconds', () => {
  const now = new Date('2026-11-25T10:00:05.400Z');
  assert.equal(startInstant('now', now), '2026-11-25T10:00:05.000Z');
  assert.equal(startInstant('2026-11-24', now), '2026-11-24T00:00:00.000Z');
  assert.equal(startInstant('everything', now), null);
});
