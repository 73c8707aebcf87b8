import { z } from 'zod';

type Json = { [name: string]: unknown };

/**
 * The JSON Schema (2020-12) of a value as it is written; members that a later release adds are not forbidden. With the
 * definitions that it refers to.
 */
export function publishedSchema(schema: z.ZodType): Json {
  return z.toJSONSchema(schema, { io: 'input', override: wordsOfJsonSchema });
}

/** The same for a place in an OpenAPI document, whose definitions lie together under `components`. */
export function embeddedSchema(
  schema: z.ZodType,
  io: 'input' | 'output',
): { schema: Json; definitions: Json } {
  const override = io === 'output' ? openToMore : wordsOfJsonSchema;
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any', override });
  const moved = JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/');
  const { $schema: _, $defs: definitions = {}, ...rest } = JSON.parse(moved);
  return { schema: rest, definitions };
}

/** Base64 is an encoding of content (`contentEncoding`), not a format. */
function wordsOfJsonSchema({ jsonSchema }: { jsonSchema: Json }): void {
  if (jsonSchema.format === 'base64') delete jsonSchema.format;
}

/** What an answer holds may grow: whoever reads it passes over what a later release adds. */
function openToMore(given: { jsonSchema: Json }): void {
  wordsOfJsonSchema(given);
  if (given.jsonSchema.additionalProperties === false) delete given.jsonSchema.additionalProperties;
}
