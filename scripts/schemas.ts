import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedSchema } from '../src/api/json-schema.ts';
import { webhookPayloadSchema } from '../src/destinations/webhook/payload.ts';
import { messageSchema } from '../src/model/message.ts';

/**
 * Writes the JSON Schemas of a message and of a webhook's body to `docs/`. As an input they do not forbid fields
 * that a later release adds.
 */
for (const [name, schema] of [
  ['message', messageSchema],
  ['webhook', webhookPayloadSchema],
] as const)
  writeFileSync(
    join(import.meta.dirname, `../docs/${name}.schema.json`),
    `${JSON.stringify(publishedSchema(schema), null, 2)}\n`,
  );
