import { type Doing, explained, type Told, told, waiting } from './apply.ts';
import { keyOf, type Work } from './change.ts';
import { changeKind } from './changes/index.ts';
import { NotYet } from './patience.ts';
import { profileInUse } from './problems.ts';
import type { AzureSetup, Made } from './setup.ts';

/** What is not known to have been made is looked for so long at most, in milliseconds. */
const longestLookMs = 60_000;

/** What an undo takes away, the last that was made first. What belongs to an app that goes, goes with it. */
export function toTake({ made }: Pick<AzureSetup, 'made'>): Made[] {
  const ownApp = made.some(({ kind }) => kind === 'application');
  return made.toReversed().filter(({ kind }) => {
    const known = changeKind(kind);
    return known?.undo && !(ownApp && known.ofApp);
  });
}

/** Whether somebody must have signed in at Microsoft for that. */
export function needsDirectory(setup: Pick<AzureSetup, 'made'>): boolean {
  return toTake(setup).some(({ kind }) => !changeKind(kind)?.here);
}

/**
 * Takes away exactly what a set-up made, by the record of it, and what has been taken from the record: it can be stopped,
 * or killed, and begun anew. Throws the Problem that ends it.
 */
export async function* undo(doing: Doing): AsyncGenerator<Told> {
  const users = await doing.letterbox.otherUsers();
  if (users.length > 0) throw profileInUse(users);
  for (const entry of toTake(await doing.read())) {
    const setup = await doing.read();
    yield told(entry, 'taking');
    try {
      yield* take(entry, { ...doing, setup, registration: doing.registrationOf(setup) }, doing);
    } catch (error) {
      throw explained(error, entry, setup);
    }
    await doing.letterbox.note({
      made: setup.made.filter((one) => keyOf(one) !== keyOf(entry)),
      isKnown: false,
      finishedAt: null,
    });
    yield told(entry, 'taken');
  }
}

/** What was never seen may be there all the same: it is looked for until it would have become known. */
async function* take(entry: Made, work: Work, doing: Doing): AsyncGenerator<Told> {
  const patience = { ...doing.patience, most: Math.min(doing.patience.most, longestLookMs) };
  try {
    yield* waiting(entry, entry.done ? doing : { ...doing, patience }, async () => {
      const kind = changeKind(entry.kind);
      const found = await kind?.undo?.(entry, work);
      if (!found && !entry.done && !kind?.here) throw new NotYet();
    });
  } catch (error) {
    if (!(error instanceof NotYet)) throw error;
  }
}
