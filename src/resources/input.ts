import { z } from 'zod';
import { type FieldProblem, someValue } from '../model/problem.ts';
import {
  type AnyField,
  conditionOf,
  type Fields,
  fieldAt,
  hiddenValue,
  isShown,
  valueInForce,
} from './field.ts';
import { type Change, fieldsOf, type Json, kindOf, type Resource } from './resource.ts';
import { problemsOf, validate } from './validation.ts';

/** What was given for a record, each field in order by itself. */
export interface Given {
  /** Stored fields. */
  fields: Json;
  /** Secrets, by field; what was left empty is not there. */
  secrets: Record<string, string>;
  answers: Json;
  /** What is wrong with fields by themselves; these are in neither of the two. */
  wrong: FieldProblem[];
}

const anObject = z.looseObject({});

/**
 * Reads an input: every field for itself, and which fields there may be. With `before` it is a change, in which what is
 * left out stays. Throws `input.invalid` where it is no object.
 */
export function readInput(resource: Resource, input: unknown, before: Json | null): Given {
  const given = validate(anObject, input);
  const record = { ...before, ...given };
  const kind = kindOf(resource, record);
  const fields = fieldsOf(resource, kind);
  const read: Given = { fields: {}, secrets: {}, answers: {}, wrong: [] };
  const { wrong } = read;
  for (const [name, field] of Object.entries(fields)) {
    if (field.role === 'view') continue;
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (isNothing(fields, name, value, record)) read.fields[name] = hiddenValue(field);
    else if (value === undefined) wrong.push(...missing(name, field, record, fields, before !== null));
    else wrong.push(...take(name, field, value, read));
  }
  const names = new Set(Object.keys(fields).filter((name) => fields[name]?.role !== 'view'));
  for (const name of Object.keys(input as object))
    if (!names.has(name)) wrong.push(unknownField(resource, name, given, kind?.name));
  return read;
}

/**
 * Whether the rest of an input can be held against itself although some of it is wrong: nothing is that decides what the
 * rest means. One mistake is not told as two.
 */
export function canBeJudged(fields: Fields, wrong: readonly FieldProblem[]): boolean {
  return wrong.every(({ field }) => {
    const [name = ''] = field.split('.');
    const kind = Object.hasOwn(fields, name) ? fields[name]?.control.kind : undefined;
    return kind !== undefined && !['choice', 'select', 'tick', 'url'].includes(kind);
  });
}

/** Whether a field that others hide is given as what it then is anyway. */
function isNothing(fields: Fields, name: string, value: unknown, record: Json): boolean {
  const field = fields[name] as AnyField;
  const nothing = hiddenValue(field);
  if (value === undefined || field.role !== 'stored' || field.follows !== undefined) return false;
  return (
    (value === null || JSON.stringify(value) === JSON.stringify(nothing)) &&
    !isShown(fields, name, (path) => valueAsText(fields, record, path))
  );
}

function take(name: string, field: AnyField, value: unknown, taken: Given): FieldProblem[] {
  if (value === null && field.follows !== undefined) {
    taken.fields[name] = null;
    return [];
  }
  const result = field.input.safeParse(value);
  if (!result.success) {
    // A URL may hold a password.
    const isSecret = field.role === 'secret' || (field.control.kind === 'url' && String(value).includes('@'));
    // Of a list that came as one text, its entries
    const read = typeof value === 'string' && 'lines' in field.control ? field.read(value) : value;
    const wrong = problemsOf(result.error, read, { secret: [] }).map(
      ({ field: within, expected, given }) => ({
        field: within === 'input' ? name : `${name}.${within}`,
        expected,
        ...(given !== undefined && !isSecret && { given }),
      }),
    );
    return field.parts ? wrong : eachOnce(name, wrong);
  }
  if (field.role === 'stored') taken.fields[name] = result.data;
  else if (field.role === 'answer') taken.answers[name] = result.data;
  else if (result.data !== '') taken.secrets[name] = String(result.data);
  return [];
}

/** Entries of a list that are wrong in the same way are told as one: their sentence may be one that was split at its spaces. */
function eachOnce(name: string, wrong: FieldProblem[]): FieldProblem[] {
  return [...Map.groupBy(wrong, ({ expected }) => expected).values()].flatMap((same) => {
    const [first] = same;
    if (!first || same.length === 1) return same;
    const given = same.flatMap((one) => one.given ?? []).join(', ');
    return [{ ...first, field: name, ...(given !== '' && { given: given.slice(0, 80) }) }];
  });
}

/** What must be given, and is not; where other fields decide whether it must, by what was given for those. */
function missing(
  name: string,
  field: AnyField,
  given: Json,
  fields: Fields,
  isChange: boolean,
): FieldProblem[] {
  if (isChange || field.fallback !== undefined || field.follows !== undefined) return [];
  // By what was given, also where that itself makes no sense: one mistake is not told as two.
  const isNeeded = Object.entries(field.when ?? {}).every(([path, values]) =>
    values.includes(valueAsText(fields, given, path)),
  );
  if (!isNeeded) return [];
  const result = field.input.safeParse(field.when ? '' : undefined);
  if (result.success) return [];
  return problemsOf(result.error, undefined).map(({ expected }) => ({ field: name, expected }));
}

function unknownField(resource: Resource, name: string, given: Json, kind: string | undefined): FieldProblem {
  const other = resource.kind?.kinds.find(({ fields }) => Object.hasOwn(fields, name));
  if (!other || kind === undefined) return { field: name, expected: 'nothing, as there is no such field' };
  const value = given[name];
  const isSecret = other.fields[name]?.role === 'secret';
  return {
    field: name,
    expected: `nothing, as a ${kind} has none`,
    ...(typeof value === 'string' && !isSecret && { given: value.slice(0, 80) }),
  };
}

/** Fields that were given although another field leaves them no sense. */
export function hiddenProblems(
  fields: Fields,
  { given, before }: Pick<Change, 'given' | 'before'>,
  record: Json,
): FieldProblem[] {
  const textOf = (path: string) => valueAsText(fields, record, path);
  return Object.entries(fields).flatMap(([name, field]) => {
    const isWrong =
      field.role === 'stored' &&
      !field.idle &&
      Object.hasOwn(given, name) &&
      given[name] !== null &&
      // Nothing new is said by what was there.
      JSON.stringify(given[name]) !== JSON.stringify(before?.[name]) &&
      !isEmpty(field, record[name]) &&
      !isShown(fields, name, textOf);
    if (!isWrong) return [];
    const reason = whyHidden(fields, name, textOf);
    const shown = field.show(record[name]);
    return [
      {
        field: name,
        expected: `nothing, as ${reason}`,
        ...(shown !== null && { given: shown.slice(0, 80) }),
      },
    ];
  });
}

/** Why a field has no sense: by which other one. */
function whyHidden(fields: Fields, name: string, textOf: (path: string) => string): string {
  const [other = ''] =
    Object.entries(conditionOf(fields, name)).find(
      ([path, values]) => !values.includes(valueInForce(fields, path, textOf)),
    ) ?? [];
  return `${fieldAt(fields, other)?.label ?? other} is ${valueInForce(fields, other, textOf) || 'not chosen'}`;
}

/** Secrets that were given although another field leaves them no sense, and those that must be there and are not. */
export function secretProblems(fields: Fields, secrets: Change['secrets'], record: Json): FieldProblem[] {
  const textOf = (path: string) => valueAsText(fields, record, path);
  return Object.entries(fields).flatMap(([name, { role, required }]) => {
    // What only forms ask says nothing of a record.
    const isOfForms = Object.keys(conditionOf(fields, name)).some((path) => fields[path]?.role === 'view');
    if (role !== 'secret' || isOfForms) return [];
    const { given, kept } = secrets[name] ?? {};
    if (!isShown(fields, name, textOf))
      return given === undefined
        ? []
        : [{ field: name, expected: `nothing, as ${whyHidden(fields, name, textOf)}` }];
    return required && given === undefined && !kept ? [{ field: name, expected: someValue }] : [];
  });
}

/**
 * Secrets that are kept, but whose place a change would make another one, each with the fields that do. They stay where
 * they were entered for: else whoever may change a record would have them sent to where they can be read.
 */
export function movedSecrets(
  fields: Fields,
  { before, secrets }: Pick<Change, 'before' | 'secrets'>,
  record: Json,
): { name: string; by: string[] }[] {
  if (before === null) return [];
  return Object.entries(fields).flatMap(([name, { boundTo = [] }]) => {
    const by = boundTo.filter((other) => JSON.stringify(before[other]) !== JSON.stringify(record[other]));
    const { given, kept } = secrets[name] ?? {};
    return kept && given === undefined && by.length > 0 ? [{ name, by }] : [];
  });
}

/** The same as problems, where the secret is in use; any other one is forgotten. */
export function movedProblems(
  fields: Fields,
  moved: ReturnType<typeof movedSecrets>,
  record: Json,
): FieldProblem[] {
  return moved
    .filter(({ name }) => isShown(fields, name, (path) => valueAsText(fields, record, path)))
    .map(({ name, by }) => {
      const labels = by.map((other) => fields[other]?.label ?? other).join(', ');
      return {
        field: name,
        expected: `the ${fields[name]?.label.toLowerCase()} again, as it was entered for another place: ${labels} changed`,
      };
    });
}

/** Fields that must be there for what a record is now, and are not: after a change of its kind, say. */
export function missingProblems(fields: Fields, record: Json): FieldProblem[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const isThere = record[name] !== undefined && record[name] !== null;
    return field.role !== 'stored' || isThere ? [] : missing(name, field, record, fields, false);
  });
}

function isEmpty({ fallback }: AnyField, value: unknown): boolean {
  return [null, undefined, ''].includes(value as null) || JSON.stringify(value) === JSON.stringify(fallback);
}

/** The value of a field, or of a part of one, as a form would send it; of one that only forms ask, its answer. */
export function valueAsText(fields: Fields, record: Json, path: string): string {
  const [name = '', part] = path.split('.');
  const field = fieldAt(fields, path);
  if (field?.viewOf) return field.viewOf(record);
  const whole = record[name];
  const value = part === undefined ? whole : (whole as Json | null | undefined)?.[part];
  const said = value === undefined ? field?.fallback : value;
  return said === undefined || said === null ? '' : (field?.write(said) ?? '');
}
