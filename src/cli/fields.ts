import type { Given, Options } from './command.ts';

/** The fields that the options given stand for, as the API takes them; it validates them. */
export function fieldsOf(given: Given, options: Options): Record<string, unknown> {
  const entries = Object.entries(options)
    .filter(([name, { field }]) => field !== undefined && given.flag(name))
    .map(([name, { field, type, multiple }]) => {
      if (type === 'flag') return [field, true];
      return [field, multiple ? given.texts(name) : given.text(name)];
    });
  return Object.fromEntries(entries);
}
