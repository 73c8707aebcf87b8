import type { Fields, ValuesOf } from '../../src/resources/field.ts';

/** What fields are where nothing is said of them; those that must be said are missing. */
export function fallbacksOf<F extends Fields>(fields: F): ValuesOf<F> {
  const entries = Object.entries(fields).filter(([, { fallback }]) => fallback !== undefined);
  return Object.fromEntries(entries.map(([name, { fallback }]) => [name, fallback])) as ValuesOf<F>;
}
