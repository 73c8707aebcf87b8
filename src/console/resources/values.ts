import {
  type AnyField,
  type Fields,
  hiddenValue,
  isShown,
  valueInForce,
  withParts,
} from '../../resources/field.ts';
import { valueAsText } from '../../resources/input.ts';
import { fieldsOf, type Json, kindOf, type Resource } from '../../resources/resource.ts';

/** What stands in a form, by the path of each field. */
export type Values = Record<string, string>;

/** What a form begins with: the record, or for a new one what is usual. */
export function valuesOf(fields: Fields, record: Json | null): Values {
  const values = [...withParts(fields)].map(({ path, field }) => [path, textOf(fields, path, field, record)]);
  return Object.fromEntries(values);
}

function textOf(fields: Fields, path: string, field: AnyField, record: Json | null): string {
  if (record === null) return field.initial ?? valueAsText(fields, {}, path);
  // It stays as it is unless something is chosen.
  return hasOther(field) ? '' : valueAsText(fields, record, path);
}

/** Whether a value can be typed beside those to choose from. */
export function hasOther({ control }: AnyField): boolean {
  return control.kind === 'choice' && control.other !== undefined;
}

/** What was posted, over what the form began with. Of what can be ticked, browsers post only what is. */
export function postedValues(fields: Fields, before: Values, posted: Values): Values {
  const ticked = [...withParts(fields)].filter(({ field: { control } }) =>
    ['tick', 'ticks', 'references'].includes(control.kind),
  );
  return { ...before, ...Object.fromEntries(ticked.map(({ path }) => [path, ''])), ...posted };
}

/**
 * What a form says, as the administration takes it: of what is shown the value, of what is hidden what it is then. A
 * secret is left out where it is hidden or empty. `elsewhere` are fields that the form does not ask for.
 */
export function inputOf(resource: Resource, values: Values, elsewhere: string[]): Json {
  const given = (path: string) => values[path] ?? '';
  const field = resource.kind?.field;
  const chosen = field === undefined ? {} : { [field]: valueInForce(fieldsOf(resource), field, given) };
  const fields = fieldsOf(resource, kindOf(resource, chosen));
  const input: Json = {};
  for (const [name, said] of Object.entries(fields)) {
    if (said.role === 'view' || elsewhere.includes(name)) continue;
    const value = isShown(fields, name, given) ? read(fields, name, said, given) : whenHidden(said);
    if (value !== undefined) input[name] = value;
  }
  return input;
}

/** What follows from other fields is left out, so that it does. */
function whenHidden(field: AnyField): unknown {
  const follows = field.follows !== undefined && field.fallback === undefined && field.hidden === undefined;
  return field.role === 'secret' || follows ? undefined : hiddenValue(field);
}

type Given = (path: string) => string;

function read(fields: Fields, path: string, field: AnyField, given: Given): unknown {
  if (field.parts) return readParts(fields, path, field, given);
  const text = given(path);
  if (field.control.kind !== 'choice' || !field.control.other) return field.read(text);
  if (text === '') return undefined;
  // Nothing typed is a mistake, and not nothing said.
  return text === field.control.other.value ? (field.read(given(`${path}.other`)) ?? '') : field.read(text);
}

function readParts(fields: Fields, path: string, { control, parts = {} }: AnyField, given: Given): unknown {
  if (control.kind === 'tick' && given(path) !== 'on') return null;
  const whole: Json = {};
  for (const [name, part] of Object.entries(parts)) {
    const at = `${path}.${name}`;
    if (!isShown(fields, at, given)) continue;
    const value = part.read(given(at));
    const isOptional = part.fallback !== undefined || part.follows !== undefined;
    if (value !== undefined && !((value === '' || value === null) && isOptional)) whole[name] = value;
  }
  return whole;
}
