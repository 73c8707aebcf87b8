import { z } from 'zod';
import { configSchema } from './config.ts';

/** What we read of a JSON Schema (2020-12), as zod makes it. */
export interface JsonSchema {
  type?: string;
  /** Words for a kind of value that the types of JSON do not tell apart. */
  title?: string;
  description?: string;
  default?: unknown;
  examples?: unknown[];
  enum?: unknown[];
  format?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  writeOnly?: boolean;
}

/** One setting: a leaf of the configuration. */
export interface Setting {
  /** `['listen', 'port']` */
  path: string[];
  /** `listen.port` */
  name: string;
  /** `LETTERBOX_LISTEN_PORT` */
  variable: string;
  schema: JsonSchema;
}

const rootSchema = z.toJSONSchema(configSchema, { io: 'input' }) as JsonSchema;

/** Every setting there is, in the order of the schema. */
export const settings: Setting[] = leaves(rootSchema, []);

/** A setting by its name, such as `listen.port`. */
export function settingNamed(name: string): Setting {
  const found = settings.find((setting) => setting.name === name);
  if (!found) throw new Error(`there is no setting ${name}`);
  return found;
}

/** Settings that stand together, such as `listen`. */
export const sections: { name: string; schema: JsonSchema }[] = Object.entries(rootSchema.properties ?? {})
  .map(([name, schema]) => ({ name, schema }))
  .filter(({ schema }) => schema.properties);

function leaves({ properties }: JsonSchema, above: string[]): Setting[] {
  return Object.entries(properties ?? {}).flatMap(([key, schema]) => {
    const path = [...above, key];
    if (schema.properties) return leaves(schema, path);
    return [{ path, name: path.join('.'), variable: variableOf(path), schema }];
  });
}

/** `publicUrl` is `LETTERBOX_PUBLIC_URL`. */
function variableOf(path: string[]): string {
  const words = path.map((key) => key.replace(/[A-Z]/g, '_$&').toUpperCase());
  return `LETTERBOX_${words.join('_')}`;
}

/** The schema of what is at a path, list entries included; null where nothing can be. */
export function schemaAt(path: readonly PropertyKey[]): JsonSchema | null {
  return path.reduce<JsonSchema | null>((schema, key) => {
    if (typeof key === 'number') return schema?.items ?? null;
    return schema?.properties?.[String(key)] ?? null;
  }, rootSchema);
}

/** Whether it is a secret, or holds one. */
export function isSecret({ writeOnly, properties }: JsonSchema): boolean {
  return writeOnly === true || Object.values(properties ?? {}).some(isSecret);
}

const formats: Record<string, string> = {
  uri: 'a URL',
  cidrv4: 'a network',
  cidrv6: 'a network',
};

/** A value that fits, in words: `a whole number from 0 to 65535`. */
export function valueInWords(schema: JsonSchema): string {
  const example = schema.examples?.[0];
  return `${kindInWords(schema)}${example === undefined ? '' : ` such as ${example}`}`;
}

function kindInWords(schema: JsonSchema): string {
  const { type, format } = schema;
  if (schema.title) return schema.title;
  if (schema.enum) return `one of ${schema.enum.join(', ')}`;
  if (schema.anyOf) return [...new Set(schema.anyOf.map(valueInWords))].join(', or ');
  if (schema.items) return `a list, each entry ${valueInWords(schema.items)}`;
  if (type === 'boolean') return 'true or false';
  if (type === 'integer') return `a whole number${rangeInWords(schema)}`;
  if (type === 'number') return `a number${rangeInWords(schema)}`;
  if (type === 'object') return 'named settings, indented below it';
  return (format && formats[format]) || (type === 'null' ? 'null' : 'a text');
}

function rangeInWords({ minimum, maximum, exclusiveMinimum }: JsonSchema): string {
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}`;
  // zod writes the largest safe integer where there is no limit.
  if (maximum === undefined || maximum === Number.MAX_SAFE_INTEGER) return ` of at least ${minimum}`;
  return ` from ${minimum} to ${maximum}`;
}
