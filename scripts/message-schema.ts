import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { messageSchema } from '../src/model/message.ts';

/**
 * Writes the JSON Schema of a message, as receivers see it, to `docs/message.schema.json`. As an input it does not
 * forbid fields that a later release adds.
 */
const schema = z.toJSONSchema(messageSchema, { io: 'input' });
writeFileSync(
  join(import.meta.dirname, '../docs/message.schema.json'),
  `${JSON.stringify(schema, null, 2)}\n`,
);
