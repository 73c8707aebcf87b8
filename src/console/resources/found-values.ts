import { z } from 'zod';
import type { Setting } from '../../discovery/discovery.ts';
import { type AnyField, type Fields, fieldAt } from '../../resources/field.ts';
import { valueAsText } from '../../resources/input.ts';
import { fieldsOf, type Json, type Resource } from '../../resources/resource.ts';
import { type Values, valuesOf } from './values.ts';

/** What was found for a form, carried along in it, so that it is told from what was typed. */
export type FoundValues = z.infer<typeof foundValues>;
export type FoundValue = FoundValues['values'][number];

/** The name under which a form carries it. */
export const foundName = 'found';

const text = z.string().max(4_000);
const foundValues = z.object({
  /** The kind of record that it is for. */
  kind: text.nullable(),
  values: z
    .array(
      z.object({
        path: text,
        value: text,
        from: text,
        remark: text.nullable(),
        /** Whether it was filled in; else something else was typed there. */
        isTaken: z.boolean(),
      }),
    )
    .max(50),
});

/** What a form carried; nothing where that cannot be read. */
export function readFound(posted: string | undefined): FoundValues | null {
  try {
    return foundValues.parse(JSON.parse(posted ?? 'null'));
  } catch {
    return null;
  }
}

/** What was typed into a field, or chosen; undefined where it is as usual, or as it was found. */
export function typedIn(
  path: string,
  posted: Values,
  usual: Values,
  before: FoundValues | null,
): string | undefined {
  const value = withoutFound(posted, usual, before)[path];
  return value === usual[path] ? undefined : value;
}

/**
 * Fills in what was found. What was typed stays, that is, what is neither usual for a new record nor was found before.
 * Nothing is filled in where another kind of record was chosen than was found.
 */
export function fillIn(
  resource: Resource,
  posted: Values,
  before: FoundValues | null,
  settings: Setting[],
): { values: Values; found: FoundValues } {
  const fields = fieldsOf(resource);
  const usual = valuesOf(fields, null);
  const values = withoutFound(posted, usual, before);
  const isTyped = (path: string) => (values[path] ?? '') !== usual[path];
  const record: Json = Object.fromEntries(settings.map(({ field, value }) => [field, value]));
  const choosing = resource.kind?.field;
  const textOf = (path: string) => valueAsText(fields, record, path);
  const isOtherKind =
    choosing !== undefined &&
    choosing in record &&
    isTyped(choosing) &&
    values[choosing] !== textOf(choosing);
  const taken = settings
    .filter(({ field }) => fields[field] && !(isOtherKind && field !== choosing))
    .map(({ field: path, from, remark }): FoundValue => {
      const value = textOf(path);
      return { path, value, from, remark, isTaken: !isTyped(path) || values[path] === value };
    });
  for (const { path, value, isTaken } of taken) if (isTaken) values[path] = value;
  for (const [path, field] of viewsIn(fields))
    if (!isTyped(path) && !isOtherKind) values[path] = field.viewOf?.(record) ?? values[path] ?? '';
  const kind = choosing === undefined ? null : (values[choosing] ?? null);
  return { values, found: { kind, values: taken } };
}

/** What only forms ask follows from the values. */
function viewsIn(fields: Fields): [string, AnyField][] {
  return Object.entries(fields).filter(([, { role }]) => role === 'view');
}

/** The same without what was found for another kind of record than is chosen now. */
export function withoutStale(resource: Resource, values: Values, found: FoundValues | null): Values {
  const choosing = resource.kind?.field;
  if (!found || choosing === undefined || values[choosing] === found.kind) return values;
  const others = { ...found, values: found.values.filter(({ path }) => path !== choosing) };
  return withoutFound(values, valuesOf(fieldsOf(resource), null), others);
}

/** What was found and still stands there makes place for what is usual. */
function withoutFound(values: Values, usual: Values, found: FoundValues | null): Values {
  const gone = (found?.values ?? []).filter(
    ({ path, value, isTaken }) => isTaken && values[path] === value && path in usual,
  );
  return { ...values, ...Object.fromEntries(gone.map(({ path }) => [path, usual[path] ?? ''])) };
}

/** What is said beside a field: from where its value is, or what else was found; null where it is neither. */
export function foundText(
  path: string,
  fields: Fields,
  values: Values,
  found: FoundValues | null,
  nameOf: (id: string) => string,
): string | null {
  const one = found?.values.find((each) => each.path === path);
  const field = fieldAt(fields, path);
  if (!one || !field) return null;
  if (one.isTaken && values[path] !== one.value) return null;
  const what = one.isTaken ? '' : `: ${saidOf(field, one.value, nameOf)}. What you entered stays`;
  return `Found in ${one.from}${what}.${one.remark === null ? '' : ` ${one.remark}`}`;
}

function saidOf({ control }: AnyField, value: string, nameOf: (id: string) => string): string {
  if (control.kind === 'reference') return nameOf(value);
  const choices = 'choices' in control ? control.choices : [];
  const labels = value.split('\n').map((one) => choices.find((choice) => choice.value === one)?.label ?? one);
  return labels.join(', ') || 'nothing';
}
