import { type AnyField, type Control, conditionOf, type Fields, fieldAt } from '../../resources/field.ts';
import { withArticle } from '../../resources/titles.ts';
import { optionOf } from './option-name.ts';

/** What options are for: a new record, or a change of one. */
export type Use = 'add' | 'set';

/** What a resource is called, by its type. */
export type TitleOf = (type: string) => string;

/** What the help says of a field’s option: what it is, its default, and what it goes with. */
export function summaryOf(fields: Fields, path: string, field: AnyField, use: Use, titleOf: TitleOf): string {
  return sentences(
    ...wholeAround(fields, path),
    subject(field, use, titleOf),
    // What a field follows from, its help says in words that only suit a form.
    field.follows === undefined && field.help,
    use === 'add' && defaultOf(field),
    condition(fields, path),
  );
}

/** A label where it stands within a sentence: `client secret`, but `URL`. */
export function inSentence(label: string): string {
  return /^.[A-Z]/.test(label) ? label : `${label.charAt(0).toLowerCase()}${label.slice(1)}`;
}

function sentences(...all: (string | false | null | undefined)[]): string {
  return all
    .filter((one): one is string => Boolean(one))
    .map((one) => one.replace(/\.$/, ''))
    .join('. ');
}

/** Of the part that begins a field that need not be there: what that field is. */
function wholeAround(fields: Fields, path: string): (string | undefined)[] {
  const { whole, first } = optionalWhole(fields, path);
  return whole && first === path ? [whole.label, whole.help] : [];
}

/** The field that a part belongs to, where that need not be there, and the part that begins it. */
function optionalWhole(fields: Fields, path: string): { whole?: AnyField; first?: string } {
  const [name = '', part] = path.split('.');
  const whole = fields[name];
  if (part === undefined || whole?.control.kind !== 'tick') return {};
  return { whole, first: `${name}.${Object.keys(whole.parts ?? {})[0]}` };
}

function subject(
  { role, label, control, fromFile, initial, fallback }: AnyField,
  use: Use,
  titleOf: TitleOf,
): string {
  if (role === 'secret' && fromFile === undefined)
    return `${label}, from a file; a line end after it is left out`;
  if (fromFile !== undefined) return `${label}, from ${withArticle(fromFile)}`;
  if (control.kind === 'reference') return named(label, titleOf(control.to), withArticle);
  if (control.kind === 'references') return named(label, `${titleOf(control.to)}s`, (title) => title);
  const values = valuesOf(control);
  if (values.length === 0) return label;
  const usual = use === 'add' ? [initial ?? fallback].flat() : [];
  return `${label}: ${oneOf(values.map((value) => (usual.includes(value) ? `${value} (default)` : value)))}`;
}

/** What the records of another resource are meant by. */
function named(label: string, title: string, phrase: (title: string) => string): string {
  const what = label.toLowerCase() === title.toLowerCase() ? label : `${label}: ${phrase(title)}`;
  return `${what}, by name or id`;
}

/** What may be typed for a choice. */
function valuesOf(control: Control): string[] {
  if (!('choices' in control)) return [];
  const other = control.kind === 'choice' ? control.other : undefined;
  const values = control.choices.map(({ value }) => value).filter((value) => value !== other?.value);
  return other ? [...values, `${withArticle(other.value)} such as ${other.placeholder}`] : values;
}

/** Of choices the default is marked among them. */
function defaultOf({ role, control, follows, fallback, show }: AnyField): string | null {
  if (follows !== undefined) return `By default ${follows}`;
  if (control.kind === 'reference' && control.none !== null) return `By default ${inSentence(control.none)}`;
  if (role === 'secret' || fallback === undefined || control.kind === 'tick' || 'choices' in control)
    return null;
  const shown = show(fallback);
  return shown === null ? null : `By default ${shown}`;
}

/** The options without which this one makes no sense, where they are not what they are by default. */
function condition(fields: Fields, path: string): string | null {
  const { whole, first } = optionalWhole(fields, path);
  const begins = whole && first !== undefined && first !== path ? fieldAt(fields, first) : undefined;
  const needed = begins && first !== undefined ? [`--${optionOf(first, begins)}`] : [];
  for (const [other, values] of Object.entries(conditionOf(fields, path))) {
    const field = fieldAt(fields, other);
    const option = field && optionOf(other, field);
    const isUsual = field?.fallback !== undefined && values.includes(String(field.fallback));
    if (option && !isUsual) needed.push(`--${option} ${oneOf([...values])}`);
  }
  return needed.length === 0 ? null : `With ${needed.join(' and ')}`;
}

/** `tls`, `tls or starttls`, `leave, move or delete` */
function oneOf(values: string[]): string {
  const [last = '', ...others] = values.toReversed();
  return others.length === 0 ? last : `${others.toReversed().join(', ')} or ${last}`;
}
