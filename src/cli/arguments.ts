import { type ParseArgsConfig, parseArgs } from 'node:util';
import { didYouMean, nearest } from '../config/near-miss.ts';
import { type FieldProblem, Problem } from '../model/problem.ts';
import type { Command, Given, Option, Options } from './command.ts';

/** Options that every command takes. */
export const commonOptions = {
  config: { type: 'text', value: 'FILE', summary: 'The configuration file' },
  json: { type: 'flag', summary: 'Results as JSON on standard output; problems as JSON on standard error' },
  help: { type: 'flag', summary: 'This help' },
} satisfies Options;

/** A command line that cannot be understood; nothing was done. */
export function usageProblem(fields: FieldProblem[], command?: string): Problem {
  return new Problem({
    code: 'usage',
    kind: 'usage',
    title: 'The command line is wrong',
    detail: fields.map(({ field, expected }) => `${field}: ${expected}`).join('; '),
    remedy: `See letterbox ${command ? `${command} ` : ''}--help.`,
    fields,
  });
}

/**
 * What was typed after the command's name. Throws a usage problem that names everything wrong: unknown,
 * repeated, missing or empty-handed options, and operands too few or too many, whose text is never repeated,
 * as it may be a secret in the wrong place.
 */
export function parseArguments(words: string[], command: Command): Given {
  const options: Options = { ...command.options, ...commonOptions };
  const { tokens } = parseArgs({
    args: words,
    options: parserOptions(options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string[]>();
  const operands: string[] = [];
  const wrong: FieldProblem[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const mistake = mistakeOf(token, options, values.has(token.name));
    if (mistake) wrong.push({ field: token.rawName, expected: mistake });
    values.set(token.name, [...(values.get(token.name) ?? []), token.value ?? '']);
  }
  for (const [name, { required }] of Object.entries(options))
    if (required && !values.has(name) && !values.has('help'))
      wrong.push({ field: `--${name}`, expected: 'must be given' });
  // After an option that is wrong, what looks like an operand is its value.
  if (wrong.length === 0 && !values.has('help')) wrong.push(...operandMistakes(operands, command));
  if (wrong.length > 0) throw usageProblem(wrong, command.name);
  return {
    operands,
    text: (name) => values.get(name)?.[0],
    texts: (name) => values.get(name) ?? [],
    flag: (name) => values.has(name),
  };
}

function parserOptions(options: Options): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type }]) => [
      name,
      {
        type: type === 'flag' ? ('boolean' as const) : ('string' as const),
        ...(name === 'help' && { short: 'h' }),
      },
    ]),
  );
}

function mistakeOf(
  token: { name: string; value: string | undefined; inlineValue?: boolean | undefined },
  options: Options,
  repeated: boolean,
): string | null {
  const option: Option | undefined = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
  if (!option) {
    const meant = nearest(token.name, Object.keys(options));
    return `there is no such option${didYouMean(meant && `--${meant}`)}`;
  }
  if (repeated && !option.multiple) return 'may be given once only';
  if (option.type === 'flag') return token.value === undefined ? null : 'takes no value';
  if (token.value === undefined) return `needs a value: ${option.value}`;
  if (!token.inlineValue && token.value.startsWith('-') && token.value !== '-')
    return `needs a value; one that begins with a dash is given as --${token.name}=${option.value}`;
  return null;
}

function operandMistakes(operands: string[], { name, operand }: Command): FieldProblem[] {
  if (!operand) return operands.length > 0 ? [{ field: name, expected: 'takes options only' }] : [];
  if (operands.length === 0)
    return operand.optional ? [] : [{ field: operand.name, expected: 'must be given' }];
  // As a shell makes it of a variable that is not set.
  if (operands.includes('')) return [{ field: operand.name, expected: 'must not be empty' }];
  return operands.length > 1 && !operand.multiple
    ? [{ field: operand.name, expected: 'may be given once only; put names with spaces in quotes' }]
    : [];
}
