import { type AnyField, type Fields, isShown } from '../../resources/field.ts';
import { valueAsText } from '../../resources/input.ts';
import { fieldsOf, type Json, kindOf, type Resource } from '../../resources/resource.ts';
import type { Typed } from './typed.ts';

/** What was typed, as the API takes it: for a new record, or for a change of `present`. */
export function inputOf(resource: Resource, typed: Typed, present: Json | null): Json {
  const kind = present === null ? impliedKind(resource, typed) : {};
  const given = Object.fromEntries(typed);
  const ofKind = fieldsOf(resource, kindOf(resource, { ...present, ...kind, ...given }));
  // Those of other kinds too, so that the API says which kind has none.
  const fields = { ...fieldsOf(resource), ...ofKind };
  const input: Json = { ...kind };
  for (const [name, field] of Object.entries(fields)) {
    const value = field.parts
      ? wholeOf(name, field, fields, typed, present)
      : givenOf(field, typed.get(name), present !== null);
    if (value !== undefined) input[name] = value;
  }
  return input;
}

/** The kind that an option says without naming it, as no other has its field: `--forward-to`. */
function impliedKind({ kind: choosing }: Resource, typed: Typed): Json {
  if (!choosing || typed.has(choosing.field)) return {};
  const having = [...typed.keys()].map((path) => {
    const [name = ''] = path.split('.');
    return choosing.kinds.filter(({ fields }) => Object.hasOwn(fields, name));
  });
  const implied = new Set(having.flatMap((kinds) => (kinds.length === 1 ? kinds : [])));
  const [only] = implied;
  return only && implied.size === 1 ? { [choosing.field]: only.name } : {};
}

function givenOf(field: AnyField, text: string | string[] | boolean | undefined, isChange: boolean): unknown {
  if (Array.isArray(text)) {
    // An empty value clears what need not be there.
    const isCleared = isChange && text.join('') === '' && [field.fallback].flat().join('') === '';
    return isCleared ? field.fallback : text;
  }
  if (typeof text !== 'string') return text;
  const value = field.read(text);
  return value === undefined ? text : value;
}

/**
 * A field made of parts, as it will be: those typed, and of the others what they are at present, where they are shown
 * then. One that need not be there goes when nothing is left of it.
 */
function wholeOf(name: string, field: AnyField, fields: Fields, typed: Typed, present: Json | null): unknown {
  const parts = Object.keys(field.parts ?? {}).map((part) => ({ part, path: `${name}.${part}` }));
  const given = parts.filter(({ path }) => typed.has(path));
  if (given.length === 0) return undefined;
  if (present && field.fallback === null && given.every(({ path }) => typed.get(path) === '')) return null;
  const implied = impliedParts(name, field, given, typed);
  const textOf = (path: string) => {
    if (path === name) return 'on';
    const text = typed.get(path) ?? implied.get(path);
    return text === undefined ? valueAsText(fields, present ?? {}, path) : asText(text);
  };
  const whole: Json = {};
  for (const { part, path } of parts) {
    const text = textOf(path);
    const isWanted = typed.has(path) || (text !== '' && isShown(fields, path, textOf));
    const value = isWanted ? field.parts?.[part]?.read(text) : undefined;
    const isLeftOut = value === null && field.parts?.[part]?.follows !== undefined;
    if (value !== undefined && !isLeftOut) whole[part] = value;
  }
  return whole;
}

/** As a form would send it. */
function asText(typed: string | string[] | boolean): string {
  if (typeof typed === 'boolean') return typed ? 'on' : '';
  return [typed].flat().join('\n');
}

/** What a part says of others without naming them: `--move-to` can only mean the action `move`. Nothing says nothing. */
function impliedParts(
  name: string,
  { parts }: AnyField,
  given: { part: string; path: string }[],
  typed: Typed,
): Map<string, string> {
  const implied = new Map<string, string>();
  for (const { part } of given.filter(({ path }) => typed.get(path) !== ''))
    for (const [other, [only = '', ...more]] of Object.entries(parts?.[part]?.when ?? {})) {
      const path = `${name}.${other}`;
      if (more.length === 0 && !typed.has(path) && !implied.has(path)) implied.set(path, only);
    }
  return implied;
}
