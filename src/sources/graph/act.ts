import { readAhead } from '../../concurrency/read-ahead.ts';
import type { Position } from '../../model/message.ts';
import type { Action } from '../protocol.ts';
import type { GraphClient } from './client.ts';
import { FolderFinder } from './folders.ts';
import { folderMissing } from './problems.ts';
import { isGone } from './refusal.ts';

/** Requests under way at once; the reading goes on beside them. */
const ahead = 3;

/**
 * Does on the server what is to be done with stored messages, each by a request of its own. Safe to repeat:
 * messages that are no more, or lie in another folder by now, are passed over.
 */
export async function act(
  client: GraphClient,
  positions: readonly Position[],
  action: Action,
  signal: AbortSignal,
): Promise<void> {
  const finder = new FolderFinder(client, signal);
  const target = action.action === 'move' ? await finder.find(action.folder) : null;
  if (action.action === 'move' && target === null) throw folderMissing(client.server, action.folder);
  // Graph's ids never change meaning; positions with a validity are from another protocol
  const own = positions.filter(({ validity }) => validity === '');
  for (const [folder, inFolder] of Map.groupBy(own, (position) => position.folder)) {
    const folderId = await finder.find(folder);
    if (folderId === null) continue;
    // Asked for within its folder, a message that was moved already is not found a second time
    const messages = `${client.mailbox}/mailFolders/${encodeURIComponent(folderId)}/messages`;
    const applyTo = ({ uid }: Position) =>
      apply(client, `${messages}/${encodeURIComponent(uid)}`, action, target, signal);
    for await (const _ of readAhead(inFolder, applyTo, ahead));
  }
}

async function apply(
  client: GraphClient,
  message: string,
  action: Action,
  target: string | null,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (action.action === 'mark-read') await client.send('PATCH', message, { isRead: true }, signal);
    else if (action.action === 'delete') await client.send('DELETE', message, null, signal);
    else await client.send('POST', `${message}/move`, { destinationId: target }, signal);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
