/** What a text may name in braces; each with what it stands for. */
export const placeholders = {
  subject: 'the plain words of the subject: no links and no addresses',
  name: 'the same as address: names are whatever a sender likes',
  address: 'the sender’s address',
  mailbox: 'the address of the mailbox',
  date: 'the day it was received, as 2026-01-31',
} as const;

export type Placeholder = keyof typeof placeholders;

const braced = /\{([a-zA-Z-]*)\}/g;

/** Names in braces that mean nothing here; a single brace is a brace. */
export function unknownPlaceholders(text: string): string[] {
  return [...text.matchAll(braced)]
    .map(([, name = '']) => name)
    .filter((name) => !Object.hasOwn(placeholders, name));
}

/** The text with what the names stand for, once: a value that looks like a name stays as it is. */
export function fill(text: string, values: Record<Placeholder, string>): string {
  return text.replace(braced, (whole, name: string) =>
    Object.hasOwn(values, name) ? values[name as Placeholder] : whole,
  );
}
