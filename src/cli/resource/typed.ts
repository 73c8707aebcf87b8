import { invalidInput, someValue } from '../../model/problem.ts';
import { type AnyField, fieldAt } from '../../resources/field.ts';
import { fieldsOf, type Resource } from '../../resources/resource.ts';
import { usageProblem } from '../arguments.ts';
import { readFileBounded } from '../bounded-input.ts';
import type { Call } from '../command.ts';
import { readSecretFile, readSecretInput, warnOfShownSecret } from '../secret.ts';
import type { FieldOption, FieldOptions } from './options.ts';
import { inSentence, type Use } from './summary.ts';

/** What was typed for fields, by their paths; of files and standard input what is in them. */
export type Typed = Map<string, string | string[] | boolean>;

/** As much as a request to the API may have. */
const largestFileBytes = 1024 * 1024;

/** Reads the options that were given. Throws `usage` where two are ways to say the same, and what reading throws. */
export async function readTyped(
  call: Call,
  resource: Resource,
  options: FieldOptions,
  use: Use,
): Promise<Typed> {
  const given = Object.entries(options).filter(([name]) => call.given.flag(name));
  assertAlone(given, call.command.name);
  const fields = fieldsOf(resource);
  const typed: Typed = new Map();
  for (const [name, option] of given) {
    const field = fieldAt(fields, option.field) as AnyField;
    const value = await readOption(call, name, option, field, use);
    if (value === '' && use === 'set' && field.role === 'secret')
      throw invalidInput([{ field: `--${name}`, expected: someValue }]);
    const first = typed.get(option.field);
    typed.set(option.field, typeof first === 'string' ? `${first}\n${value}` : value);
  }
  return typed;
}

/** A field is given in one way, but for one that may be in two files; and there is only one standard input. */
function assertAlone(given: [name: string, option: FieldOption][], command: string): void {
  const byField = Map.groupBy(given, ([, { field }]) => field);
  const twice = [...byField.values()].filter(
    (ways) => ways.length > 1 && ways.some(([, { from }]) => from !== 'file'),
  );
  const inputs = given.filter(([, { from }]) => from === 'stdin');
  const wrong = twice.flat();
  if (inputs.length > 1) wrong.push(...inputs.filter((one) => !wrong.includes(one)));
  if (wrong.length > 0)
    throw usageProblem(
      wrong.map(([name]) => ({ field: `--${name}`, expected: 'may be given alone only' })),
      command,
    );
}

async function readOption(
  call: Call,
  name: string,
  option: FieldOption,
  field: AnyField,
  use: Use,
): Promise<string | string[] | boolean> {
  const text = call.given.text(name) ?? '';
  const isSecret = field.role === 'secret' && field.fromFile === undefined;
  switch (option.from) {
    case 'on':
      return true;
    case 'off':
      return false;
    case 'stdin':
      return readSecretInput(call, `--${name}`, inSentence(field.label));
    case 'file':
      if (isSecret) return readSecretFile(text, `--${name}`, inSentence(field.label));
      if (text === '' && use === 'set') return '';
      return (await readFileBounded(text, `--${name}`, largestFileBytes, field.fromFile)).toString();
    case 'line':
      if (isSecret) warnOfShownSecret(call, `--${name}-file`);
      return option.multiple ? call.given.texts(name) : text;
  }
}
