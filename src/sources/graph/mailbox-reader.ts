import { isPattern } from '../folder-pattern.ts';
import type { SourceEvent } from '../source.ts';
import { type Reading, readFolder } from './folder-reader.ts';
import { createFolderFinder, type Folder } from './folders.ts';
import { folderMissing } from './problems.ts';
import { isGone } from './refusal.ts';
import type { Watch } from './watch.ts';

/** What is done beside the reading while the mailbox is watched. */
export interface Watching {
  watch: Watch;
  /** The folders that are read, before each wait. */
  onFolders(folders: Folder[]): void;
}

/**
 * Reads all folders of the server, then (with `watching`) looks at them again whenever there is a reason. `caught-up`
 * comes after each look. Throws a Problem when the server is out of reach; a folder that is not there stops it only
 * after the others were read.
 */
export async function* readMailbox(reading: Reading, watching: Watching | null): AsyncGenerator<SourceEvent> {
  const { client, signal, progress } = reading;
  const names = client.server.folders;
  const find = () => createFolderFinder(client, signal).resolve(names);
  let found = await find();

  for (;;) {
    let missing = found.missing;
    for (const folder of found.folders)
      try {
        yield* readFolder(reading, folder);
      } catch (error) {
        if (!isGone(error)) throw error;
        missing ??= folderMissing(client.server, folder.name);
      }
    if (missing) throw missing;
    yield { kind: 'caught-up', cursor: progress.toCursor() };
    if (!watching) return;
    watching.onFolders(found.folders);
    await watching.watch.next(signal);
    // There may be new ones
    if (names.some(isPattern)) found = await find();
  }
}
