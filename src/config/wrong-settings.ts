import type { z } from 'zod';
import type { FieldProblem } from '../model/problem.ts';
import { configSchema } from './config.ts';
import { didYouMean, nearest } from './near-miss.ts';
import { isSecret, schemaAt, sections, settings, valueInWords } from './settings.ts';
import type { ConfigSource } from './source.ts';

const quotedLength = 80;
const names = [...settings, ...sections].map(({ name }) => name);

/** Every setting of one source that is not known or whose value does not fit, each once. */
export function wrongSettings(source: ConfigSource): FieldProblem[] {
  const found = new Map<string, FieldProblem>();
  for (const issue of configSchema.safeParse(source.values).error?.issues ?? [])
    for (const problem of explain(issue, source))
      if (!found.has(problem.field)) found.set(problem.field, problem);
  return [...found.values()];
}

function explain(issue: z.core.$ZodIssue, { values, where }: ConfigSource): FieldProblem[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      const field = path.join('.');
      return {
        field,
        expected: `a setting that is known${didYouMean(meant(field, key))}`,
        where: where(path),
      };
    });
  const schema = schemaAt(issue.path);
  const expected = issue.code === 'custom' || !schema ? issue.message : valueInWords(schema);
  const given = schema && !isSecret(schema) ? quote(valueAt(values, issue.path)) : undefined;
  return [
    {
      field: issue.path.join('.') || 'configuration',
      expected,
      ...(given !== undefined && { given }),
      where: where(issue.path),
    },
  ];
}

/** The known name that is near; else the one whose last word it is: `port` at the top is `listen.port`. */
function meant(field: string, key: string): string | null {
  return nearest(field, names) ?? names.find((name) => name.endsWith(`.${key}`)) ?? null;
}

function valueAt(values: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)[key], values);
}

/** A single value, cut when long, without the password of a URL; of more only what kind of thing it is. */
function quote(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'named settings';
  const text = value === '' ? 'nothing' : String(value).replace(/\/\/[^/]*@/, '//…@');
  return text.length > quotedLength ? `${text.slice(0, quotedLength)}…` : text;
}
