import { type AnyField, fieldAt } from '../../resources/field.ts';
import { fieldsOf, type Resource } from '../../resources/resource.ts';
import type { Call } from '../command.ts';
import { find, namesById } from '../find.ts';
import type { FieldOptions } from './options.ts';
import type { Use } from './summary.ts';
import type { Typed } from './typed.ts';

/**
 * Puts ids where records were named. An empty name stays in a change, where it clears what need not be there. Throws
 * `input.invalid` with the option that names no record.
 */
export async function nameByIds(
  call: Call,
  resource: Resource,
  options: FieldOptions,
  typed: Typed,
  use: Use,
): Promise<void> {
  const fields = fieldsOf(resource);
  for (const [option, { field: path }] of Object.entries(options)) {
    const to = targetOf(fieldAt(fields, path) as AnyField);
    const meant = typed.get(path);
    if (to === null || meant === undefined || typeof meant === 'boolean') continue;
    const idOf = async (name: string) =>
      use === 'set' && name === '' ? '' : (await find(call, to, name, option)).id;
    typed.set(path, typeof meant === 'string' ? await idOf(meant) : await Promise.all(meant.map(idOf)));
  }
}

/** The type of the records that a field refers to. */
function targetOf({ control }: AnyField): string | null {
  return control.kind === 'reference' || control.kind === 'references' ? control.to : null;
}

/** Whether its value names other records. */
export function isReference(field: AnyField): boolean {
  return targetOf(field) !== null;
}

/** What the records are called that a field’s value refers to; other values stay. */
export type Names = (field: AnyField, value: unknown) => unknown;

/** Reads the names of all records that the fields can refer to. */
export async function namesFor(call: Call, fields: Iterable<AnyField>): Promise<Names> {
  const types = new Set([...fields].flatMap((field) => targetOf(field) ?? []));
  const names = new Map<string, (id: string) => string>();
  for (const type of types) names.set(type, await namesById(call, type));
  return (field, value) => {
    const name = names.get(targetOf(field) ?? '');
    if (!name || value === null || value === undefined) return value;
    return Array.isArray(value) ? value.map((id) => name(String(id))) : name(String(value));
  };
}
