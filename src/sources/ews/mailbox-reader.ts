import { Problem } from '../../model/problem.ts';
import { folderMissing } from '../folder-problems.ts';
import type { SourceEvent } from '../source.ts';
import { explain } from './explain.ts';
import { type Reading, readFolder } from './folder-reader.ts';
import { type Folder, type Resolved, resolveFolders } from './folders.ts';
import { createWatch, type Watch } from './watch.ts';

export interface Watching {
  idleSeconds: number;
  reconcileSeconds: number;
}

/**
 * Reads all folders of the server, then (with `watching`) what arrives: the first folder is watched, all are looked at
 * every `reconcileSeconds`. `caught-up` comes after each look. Throws a Problem when the mailbox cannot be read; a
 * folder that cannot be opened stops it only after the others were read.
 */
export async function* readMailbox(reading: Reading, watching: Watching | null): AsyncGenerator<SourceEvent> {
  const { client, progress, partings, signal, log } = reading;
  let watch: Watch | null = null;
  try {
    for (;;) {
      const all = await resolve(reading);
      progress.keepOnly([...all.folders.map(({ name }) => name), ...all.missing]);
      yield* readFolders(reading, all);
      yield { kind: 'caught-up', cursor: progress.toCursor() };
      if (!watching) return;
      const watched = all.folders[0] as Folder;
      if (!watch) {
        watch = createWatch(client, watched, watching, signal, log);
        partings.add(watch.ended);
      }
      watch.reconciled();
      while ((await watch.next()) === 'arrival') {
        yield* readFolder(reading, watched);
        yield { kind: 'caught-up', cursor: progress.toCursor() };
      }
    }
  } finally {
    if (watch) {
      watch.close();
      await watch.ended;
      partings.delete(watch.ended);
    }
  }
}

async function resolve({ client, server, signal }: Reading): Promise<Resolved> {
  try {
    const resolved = await resolveFolders(client, server.folders, signal);
    const isNothing = resolved.folders.length + resolved.missing.length === 0;
    if (isNothing) throw folderMissing(server, server.folders.join(', '));
    return resolved;
  } catch (error) {
    throw explain(error, server, 'list the folders', 'INBOX');
  }
}

async function* readFolders(
  reading: Reading,
  { folders, missing }: { folders: readonly Folder[]; missing: readonly string[] },
): AsyncGenerator<SourceEvent> {
  let unopened: Problem | null = null;
  for (const folder of folders) {
    try {
      yield* readFolder(reading, folder);
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'folder') throw error;
      unopened ??= error;
    }
  }
  const [first] = missing;
  if (first !== undefined) unopened ??= folderMissing(reading.server, first);
  if (unopened) throw unopened;
}
