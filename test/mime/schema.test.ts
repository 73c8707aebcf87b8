import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { publishedSchema } from '../../src/api/json-schema.ts';
import { messageSchema } from '../../src/model/message.ts';

test('the published schema of a message is that of this release (written by scripts/schemas.ts)', () => {
  const published = readFileSync(join(import.meta.dirname, '../../docs/message.schema.json'), 'utf8');
  assert.deepEqual(JSON.parse(published), publishedSchema(messageSchema));
});
