import { type FieldProblem, invalidInput, type Problem, type ProblemKind } from '../model/problem.ts';
import type { Options } from './command.ts';

/** Kinds whose fields are told by sentences of their own, not by what was expected. */
const said: readonly ProblemKind[] = ['changed', 'conflict'];

/** A problem as a person reads it in a terminal. */
export function problemText({ kind, title, detail, cause, remedy, fields }: Problem): string {
  const lines = fields
    ? fields.map((field) => `  ${said.includes(kind) ? field.expected : fieldText(field)}`)
    : detail
      ? [`  ${detail}`]
      : [];
  return [`letterbox: ${title}`, ...lines, ...(cause ? [`Why: ${cause}`] : []), `What to do: ${remedy}`].join(
    '\n',
  );
}

function fieldText({ field, expected, given, where }: FieldProblem): string {
  const what = /^(must|may|needs|takes|there|only)\b/.test(expected) ? expected : `expected ${expected}`;
  return `${field}: ${what}${given === undefined ? '' : `, got ${given}`}${where ? ` (${where})` : ''}`;
}

/**
 * The same problem with its fields called as they were typed: `tenant` is `--tenant`. Where several options
 * fill a field, the one among `words` gives its name.
 */
export function inOptionNames(problem: Problem, options: Options, words: string[]): Problem {
  if (problem.kind !== 'invalid' || !problem.fields) return problem;
  const nameOf = (field: string): string | undefined => {
    const names = Object.keys(options).filter((name) => options[name]?.field === field);
    const typed = names.find((name) => words.some((word) => word.split('=')[0] === `--${name}`));
    const name = typed ?? names[0];
    return name && `--${name}`;
  };
  const fields = problem.fields.map((wrong) => {
    const [whole = ''] = wrong.field.split('.');
    const part = Object.values(options).find(({ field }) => field?.startsWith(`${whole}.`))?.field;
    return { ...wrong, field: nameOf(wrong.field) ?? nameOf(whole) ?? nameOf(part ?? '') ?? wrong.field };
  });
  return invalidInput(fields);
}
