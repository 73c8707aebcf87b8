import { z } from 'zod';
import {
  type AnyField,
  type Choice,
  type Condition,
  type Control,
  type Fields,
  fieldAt,
} from '../src/resources/field.ts';

/** What a resource is called, by its type. */
type TitleOf = (type: string) => string;

/** What a field takes: its type, its limits, its choices. */
export function takes(field: AnyField, titleOf: TitleOf): string {
  const { control, role, fromFile, required } = field;
  const words = ofControl(field, control, titleOf);
  return [
    role === 'secret' && '**a secret**: ',
    words,
    isNullable(field) && !required && !words.includes('null') && ', or null',
    fromFile !== undefined && `; on the command line a ${fromFile}`,
  ]
    .filter(Boolean)
    .join('');
}

function ofControl(field: AnyField, control: Control, titleOf: TitleOf): string {
  const { input, show, parts } = field;
  switch (control.kind) {
    case 'email':
      return 'a mail address';
    case 'url':
      return 'a URL';
    case 'date':
      return 'a day, as 2026-01-31';
    case 'number':
      return `a number${between(input)}`;
    case 'text':
    case 'password':
      return `text${upTo(input)}`;
    case 'area':
      return control.lines ? `texts${upTo(input)}` : `text of several lines${upTo(input)}`;
    case 'choice':
    case 'select':
      return parts ? 'an object of the next fields' : oneOf(control);
    case 'ticks':
      return `any of ${listed(control.choices)}`;
    case 'tick':
      if (field.role === 'answer') return '`allow`';
      return parts ? 'an object of the next fields, or null' : 'true or false';
    case 'reference':
      return `the id of one ${titleOf(control.to)}${control.none === null ? '' : `, or null (${control.none})`}`;
    case 'references':
      return `ids of ${titleOf(control.to)}s, or null (${show(null)})`;
  }
}

function oneOf(control: Extract<Control, { kind: 'choice' | 'select' }>): string {
  const other = control.kind === 'choice' ? control.other : undefined;
  const choices = control.choices.filter(({ value }) => value !== other?.value);
  return `one of ${listed(choices)}${other ? `; or ${inner(other.label)}: \`${other.placeholder}\`` : ''}`;
}

function listed(choices: readonly Choice[]): string {
  return choices.map(({ value, label }) => `\`${value}\` (${label})`).join(', ');
}

/** The value of a new record where nothing is said. */
export function withoutIt(field: AnyField): string {
  const { role, control, fallback, initial, follows, required, parts } = field;
  if (follows !== undefined) return follows;
  if (required) return '**must be given**';
  const value = initial ?? fallback;
  if (value === undefined) return '**must be given**';
  if (role === 'secret' || value === null || (Array.isArray(value) && value.length === 0))
    return control.kind === 'references' ? String(field.show(null)) : 'none';
  if (parts) return 'as the next fields say';
  return [value]
    .flat()
    .map((one) => `\`${one}\``)
    .join(', ');
}

/** When a field is asked for and taken. */
export function askedWhen(condition: Condition, fields: Fields): string {
  const all = Object.entries(condition).map(([path, values]) => {
    const other = fieldAt(fields, path);
    if (other?.control.kind === 'tick') return `\`${path}\` is ${other.parts ? 'there' : 'true'}`;
    return `\`${path}\` is ${values.map((value) => `\`${value}\``).join(' or ')}`;
  });
  return all.length === 0 ? 'always' : all.join(' and ');
}

interface Limits {
  type?: string;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
  anyOf?: Limits[];
}

function limitsOf(input: z.ZodType): Limits {
  return z.toJSONSchema(input, { io: 'output', unrepresentable: 'any' }) as Limits;
}

function isNullable({ input }: AnyField): boolean {
  return limitsOf(input).anyOf?.some(({ type }) => type === 'null') ?? false;
}

/** Of what may be null too, the limits of what is not. */
function ownLimits(input: z.ZodType): Limits {
  const limits = limitsOf(input);
  return limits.anyOf?.find(({ type }) => type !== 'null') ?? limits;
}

function upTo(input: z.ZodType): string {
  const { maxLength, maxItems } = ownLimits(input);
  if (maxItems !== undefined) return `, ${maxItems} at most`;
  return maxLength === undefined ? '' : `, ${maxLength.toLocaleString('en')} characters at most`;
}

function between(input: z.ZodType): string {
  const { minimum, maximum } = ownLimits(input);
  return ` from ${minimum} to ${maximum}`;
}

/** A sentence within another one. */
function inner(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}
