import { z } from 'zod';
import { fieldsOf, isHiddenFor, type Kind, type Resource } from '../resources/resource.ts';
import { besideRecord } from './answers.ts';

/** What a body may say of a record, for the description of the API: one of the kinds, each with its own fields. */
export function inputSchema(resource: Resource, use: 'new' | 'change'): z.ZodType {
  return byKind(resource, (kind) => {
    const choosing = resource.kind?.field ?? '';
    const shape = Object.entries(fieldsOf(resource, kind))
      .filter(([, field]) => field.role !== 'view' && !isHiddenFor(resource, kind, field))
      .map(([name, { input, fallback, follows, when, label, help }]) => {
        const hides = Object.keys(when ?? {}).some((path) => path !== choosing);
        const isOptional = use === 'change' || fallback !== undefined || hides;
        const described = input.describe(help === undefined ? label : `${label}. ${help}`);
        if (follows !== undefined) return [name, described.nullable().optional()];
        return [name, isOptional ? described.optional() : described];
      });
    return z.strictObject(Object.fromEntries(shape));
  });
}

/** A record as it is answered when it is read, was just made, or was changed. */
export function recordSchema(
  resource: Resource,
  when: 'read' | 'created' | 'changed',
  beside = when === 'changed' ? {} : besideRecord[resource.type]?.[when],
): z.ZodType {
  return byKind(resource, (kind) => {
    const fields = Object.entries(fieldsOf(resource, kind))
      .filter(([, { role }]) => role === 'stored')
      .map(([name, { stored, label }]) => [name, stored.describe(label)]);
    const state = Object.entries(resource.state ?? {}).map(([name, { schema }]) => [name, schema]);
    return z.looseObject({
      id: z.string(),
      name: z.string(),
      ...Object.fromEntries(fields),
      ...Object.fromEntries(state),
      ...beside,
      createdAt: z.string(),
      updatedAt: z.string(),
      version: z.int().describe('Counts the changes of its fields'),
    });
  });
}

function byKind(resource: Resource, schemaOf: (kind?: Kind) => z.ZodObject): z.ZodType {
  const choosing = resource.kind;
  if (!choosing) return schemaOf();
  const alternatives = choosing.kinds.map((kind) => {
    const name = z.literal(kind.name).describe(choosing.label);
    const field = kind.name === choosing.fallback ? name.optional() : name;
    return schemaOf(kind).extend({ [choosing.field]: field });
  });
  return alternatives.length === 1 ? (alternatives[0] as z.ZodType) : z.union(alternatives);
}
