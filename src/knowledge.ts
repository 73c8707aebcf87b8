import { clockEntries } from './doctor/checks/clock.ts';
import { destinationEntries } from './doctor/checks/destinations.ts';
import { restrictionEntries } from './doctor/checks/restriction.ts';
import { tokenContentsEntries } from './doctor/checks/token-contents.ts';
import type { Entry } from './model/entry.ts';
import { signInEntries } from './sources/sign-in-problems.ts';

/** Everything that can go wrong, as far as it is written down. */
export const entries: readonly Entry[] = [
  ...signInEntries,
  ...clockEntries,
  ...tokenContentsEntries,
  ...restrictionEntries,
  ...destinationEntries,
];

const byCode = new Map(entries.map((entry) => [entry.code, entry]));

/** The entry of a code: its own, or that of the family it is of. */
export function entryOf(code: string): Entry | null {
  return byCode.get(code) ?? byCode.get(code.replace(/^[^.]*/, '*')) ?? null;
}
