import { Problem } from '../../model/problem.ts';
import type { SourceEvent } from '../source.ts';
import { isReadToEnd } from './cursor.ts';
import { askState } from './folder.ts';
import { resolveFolders } from './folder-names.ts';
import { type Reading, readFolder } from './folder-reader.ts';
import { createWatch } from './watch.ts';

export interface Watching {
  idleSeconds: number;
  reconcileSeconds: number;
}

/**
 * Reads all folders of the server, then (with `watching`) what arrives: the first folder is watched, all are
 * looked at every `reconcileSeconds`, those that are new by then as well. `caught-up` comes after each look. Throws
 * a Problem when the connection breaks; a folder that cannot be opened stops it only after the others were read.
 */
export async function* readMailbox(reading: Reading, watching: Watching | null): AsyncGenerator<SourceEvent> {
  const { connection, server, progress } = reading;
  const watch = watching && createWatch(connection, watching);
  for (;;) {
    const { names, missing } = await resolveFolders(connection, server);
    const watched = yield* readFolders(reading, names, missing);
    yield { kind: 'caught-up', cursor: progress.toCursor() };
    if (!watch) return;
    watch.reconciled();
    while ((await watch.next()) === 'arrival') {
      yield* readFolder(reading, watched);
      yield { kind: 'caught-up', cursor: progress.toCursor() };
    }
  }
}

/** Reads them and leaves the first one open: the watch begins there. */
async function* readFolders(
  reading: Reading,
  names: readonly string[],
  missing: Problem | null,
): AsyncGenerator<SourceEvent, string> {
  const [watched, ...others] = names;
  let unopened = missing;
  const attempt = async function* (folder: string): AsyncGenerator<SourceEvent> {
    try {
      yield* readFolder(reading, folder);
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'folder') throw error;
      unopened ??= error;
    }
  };
  if (watched !== undefined) yield* attempt(watched);
  for (const folder of others) {
    if (!(await hasNothingNew(reading, folder))) yield* attempt(folder);
  }
  if (unopened) throw unopened;
  if (watched !== undefined && openedPath(reading) !== watched) yield* readFolder(reading, watched);
  return watched ?? '';
}

/** Where that can be told without opening the folder. */
async function hasNothingNew({ connection, progress }: Reading, folder: string): Promise<boolean> {
  const place = progress.placeOf(folder);
  const state = place && (await askState(connection, folder));
  return state !== null && place !== null && isReadToEnd(place, state);
}

function openedPath({ connection }: Reading): string | null {
  const { mailbox } = connection.client;
  return mailbox ? mailbox.path : null;
}
