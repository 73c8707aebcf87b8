import type { Context } from 'hono';
import { readFields } from '../http/form-body.ts';
import { type FieldProblem, Problem, type ProblemKind, someValue } from '../model/problem.ts';
import type { Control } from '../resources/field.ts';

/** What a form shows: the values as given, and what was wrong with them. */
export interface FormState {
  values: Record<string, string>;
  problem: Problem | null;
}

/** The posted fields; several of one name are joined by line feeds. */
export async function readForm(c: Context): Promise<Record<string, string>> {
  const fields = await readFields(c);
  return Object.fromEntries([...fields.keys()].map((name) => [name, fields.getAll(name).join('\n')]));
}

/** The problem when the form is to be shown again: its input, or what it was made from, is not right; others are thrown on. */
export function inputProblem(error: unknown): Problem {
  if (error instanceof Problem && (error.fields || error.kind === 'changed')) return error;
  throw error;
}

/** What is to be said beside a field or a list, in a sentence; null when nothing is. */
export function fieldMessage(
  { problem }: FormState,
  { name, control }: { name: string; control?: Pick<Control, 'kind'> },
): string | null {
  const found = problem?.fields?.find(({ field }) => isOf(name, field));
  return found && problem ? explainField(found, problem.kind, control) : null;
}

/** Whether a wrong field is the named one, or an entry of it: `folders.0` of `folders`. */
export function isOf(name: string, wrong: string): boolean {
  return wrong.startsWith(name) && /^(\.\d+)*$/.test(wrong.slice(name.length));
}

const chosen: readonly string[] = ['choice', 'select', 'ticks'];

/** `Expected a number; you gave “x”.` That a field is empty, which the administration calls `nothing`, can be seen. */
export function explainField(
  { expected, given = 'nothing' }: FieldProblem,
  kind: ProblemKind,
  control?: Pick<Control, 'kind'>,
): string {
  if (kind === 'changed' || kind === 'conflict') return `${expected}.`;
  if (expected === someValue)
    return control && chosen.includes(control.kind) ? 'Choose one.' : 'Fill this in.';
  return `Expected ${expected}${given === 'nothing' ? '' : `; you gave “${given}”`}.`;
}

/** A text field's value, or null when it was left empty. */
export function orNull(value: string | undefined): string | null {
  const trimmed = value?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}

/** The words or lines of a text area. */
export function splitList(value: string | undefined, separator: RegExp): string[] {
  return (value ?? '')
    .split(separator)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
