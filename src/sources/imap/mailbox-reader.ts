import { Problem } from '../../model/problem.ts';
import type { SourceEvent } from '../source.ts';
import { type Reading, readFolder } from './folder-reader.ts';
import { createWatch } from './watch.ts';

export interface Watching {
  idleSeconds: number;
  reconcileSeconds: number;
}

/**
 * Reads all folders of the server, then (with `watching`) what arrives: the first folder is watched, all are
 * looked at every `reconcileSeconds`. `caught-up` comes after each look. Throws a Problem when the connection
 * breaks; a folder that cannot be opened stops it only after the others were read.
 */
export async function* readMailbox(reading: Reading, watching: Watching | null): AsyncGenerator<SourceEvent> {
  const [watched, ...others] = reading.server.folders;
  if (watched === undefined) return;
  // The watched folder also comes last, as it must be the open one when the watch begins
  const all = others.length === 0 ? [watched] : [watched, ...others, watched];
  const watch = watching && createWatch(reading.connection, watching);

  for (let folders = all; ; ) {
    yield* readFolders(reading, folders);
    yield { kind: 'caught-up', cursor: reading.progress.toCursor() };
    if (!watch) return;
    if (folders === all) watch.reconciled();
    folders = (await watch.next()) === 'arrival' ? [watched] : all;
  }
}

async function* readFolders(reading: Reading, folders: readonly string[]): AsyncGenerator<SourceEvent> {
  let unopened: Problem | null = null;
  for (const folder of folders) {
    try {
      yield* readFolder(reading, folder);
    } catch (error) {
      if (!(error instanceof Problem) || !error.code.startsWith('imap.folder-')) throw error;
      unopened ??= error;
    }
  }
  if (unopened) throw unopened;
}
