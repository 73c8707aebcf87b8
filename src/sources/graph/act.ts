import { readAhead } from '../../concurrency/read-ahead.ts';
import type { Position } from '../../model/message.ts';
import type { Problem } from '../../model/problem.ts';
import { mayBeOfMessage, mostRefusals, speaksAgainstServer } from '../blame.ts';
import type { Action } from '../protocol.ts';
import type { Acted } from '../source.ts';
import type { GraphClient } from './client.ts';
import { explain } from './explain.ts';
import { findReceived } from './fetch.ts';
import { FolderFinder } from './folders.ts';
import { folderMissing } from './problems.ts';
import { isGone, isNoId } from './refusal.ts';

/** Requests under way at once; the reading goes on beside them. */
const ahead = 3;

/**
 * Does on the server what is to be done with stored messages, each by a request of its own. Safe to repeat:
 * messages that are no more, or lie in another folder by now, are passed over. One that is refused keeps no other.
 */
export async function act(
  client: GraphClient,
  positions: readonly Position[],
  action: Action,
  signal: AbortSignal,
): Promise<Acted> {
  const finder = new FolderFinder(client, signal);
  const target = action.action === 'move' ? await finder.find(action.folder) : null;
  if (action.action === 'move' && target === null) throw folderMissing(client.server, action.folder);
  const refused: { position: Position; problem: Problem }[] = [];
  const done: Position[] = [];
  const removed: Position[] = [];
  // Graph's ids never change meaning; positions with a validity are from another protocol
  const [own, foreign] = [positions.filter(isOwn), positions.filter((position) => !isOwn(position))];
  for (const [folder, inFolder] of Map.groupBy(own, (position) => position.folder)) {
    const folderId = await finder.find(folder);
    if (folderId === null) {
      done.push(...inFolder);
      continue;
    }
    // Asked for within its folder, a message that was moved already is not found a second time
    const messages = `${client.mailbox}/mailFolders/${encodeURIComponent(folderId)}/messages`;
    const applyTo = ({ uid }: Position) =>
      apply(client, `${messages}/${encodeURIComponent(uid)}`, action, target, signal);
    for await (const [position, outcome] of readAhead(inFolder, applyTo, ahead)) {
      const problem = typeof outcome === 'string' ? null : outcome;
      if (problem) refused.push({ position, problem });
      else done.push(position);
      if (outcome === 'changed' && action.action === 'delete') removed.push(position);
      if (problem && done.length === 0 && refused.length >= mostRefusals) throw problem;
    }
  }
  return { done: [...done, ...foreign], removed, refused };
}

function isOwn({ validity }: Position): boolean {
  return validity === '';
}

/** What became of it, or why Graph refuses it for this message alone. Throws what stands in the way of all. */
async function apply(
  client: GraphClient,
  message: string,
  action: Action,
  target: string | null,
  signal: AbortSignal,
): Promise<'changed' | 'gone' | Problem> {
  try {
    if (action.action === 'mark-read') await client.send('PATCH', message, { isRead: true }, signal);
    else if (action.action === 'delete') await client.send('DELETE', message, null, signal);
    else await client.send('POST', `${message}/move`, { destinationId: target }, signal);
    return 'changed';
  } catch (error) {
    if (isGone(error) || isNoId(error)) return 'gone';
    const problem = explain(error, client.server, 'change a message');
    if (signal.aborted || !mayBeOfMessage(problem) || speaksAgainstServer(problem)) throw error;
    return problem;
  }
}

/** Which of these positions still hold a message. */
export async function stillThere(
  client: GraphClient,
  positions: readonly Position[],
  signal: AbortSignal,
): Promise<Position[]> {
  const find = ({ uid }: Position) => findReceived(client, uid, signal);
  const there: Position[] = [];
  for await (const [position, received] of readAhead(positions.filter(isOwn), find, ahead))
    if (received !== null) there.push(position);
  return there;
}
