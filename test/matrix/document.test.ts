import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { matrixTable, withTable } from './document.ts';

test('the page on protocols shows every combination that is supported, each lived through', () => {
  const page = readFileSync(new URL('../../docs/protocols.md', import.meta.url), 'utf8');
  assert.equal(
    page,
    withTable(
      page,
      matrixTable(() => true),
    ),
  );
});
