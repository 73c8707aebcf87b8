import type { Inspection } from '../source.ts';
import type { GraphClient } from './client.ts';
import { FolderFinder } from './folders.ts';

/** Finds every folder that the server's settings name, and lists all there are. `isTold`: change notifications can come in. */
export async function inspectMailbox(
  client: GraphClient,
  { isTold }: { isTold: boolean },
  signal: AbortSignal,
): Promise<Inspection> {
  const { folders: names, afterIntake } = client.server;
  const finder = new FolderFinder(client, signal);
  const target = afterIntake.action === 'move' ? [afterIntake.folder] : [];
  const { folders, missing } = await finder.resolve([...names, ...target]);
  if (missing) throw missing;
  const [first] = folders;
  const counted = first
    ? await client.get(
        `${client.mailbox}/mailFolders/${encodeURIComponent(first.id)}?$select=totalItemCount`,
        { signal },
      )
    : {};
  const all: string[] = [];
  for await (const { name } of finder.all()) all.push(name);
  return {
    folder: first?.name ?? '',
    messages: Number(counted.totalItemCount ?? 0),
    capabilities: [],
    useful: [],
    tells: isTold,
    folders: all,
  };
}
