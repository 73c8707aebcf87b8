import type { AnyField } from '../../resources/field.ts';

/** The name of a field’s option; null where it has none, as one that is made of others, each of which has its own. */
export function optionOf(path: string, { role, parts, option }: AnyField): string | null {
  if (role === 'view' || parts) return null;
  return option === undefined
    ? path.replace('.', '-').replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)
    : option;
}
