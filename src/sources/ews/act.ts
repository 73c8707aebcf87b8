import { inPortions } from '../../concurrency/batches.ts';
import type { Position } from '../../model/message.ts';
import { folderMissing } from '../folder-problems.ts';
import type { Action } from '../protocol.ts';
import type { EwsClient } from './client.ts';
import { find, textOf, type XmlElement } from './element.ts';
import { resolveFolders } from './folders.ts';
import {
  deleteItems,
  type FolderId,
  getProperties,
  type ItemVersion,
  markRead,
  moveItems,
  type Operation,
} from './operations.ts';
import { categoryOf, isGone, type Refusal, refusalOf } from './refusal.ts';

const portionItems = 50;

/**
 * Does on the server what is to be done with stored messages, some at a time. Safe to repeat: messages that are
 * no more are passed over, and one that was moved has another id since. A message that is refused stops no other; its
 * Refusal is thrown when all others are done.
 */
export async function act(
  client: EwsClient,
  positions: readonly Position[],
  action: Action,
  signal: AbortSignal,
): Promise<void> {
  const target = action.action === 'move' ? await findTarget(client, action.folder, signal) : null;
  const refusals: Refusal[] = [];
  for (const portion of inPortions(positions, portionItems)) {
    const ids = portion.map(({ uid }) => uid);
    if (target) refusals.push(...(await change(client, moveItems(ids, target), signal)).refusals);
    else if (action.action === 'delete')
      refusals.push(...(await change(client, deleteItems(ids), signal)).refusals);
    else refusals.push(...(await mark(client, ids, signal)));
  }
  const [first] = refusals;
  if (first) throw first;
}

async function findTarget(client: EwsClient, name: string, signal: AbortSignal): Promise<FolderId> {
  const [target] = (await resolveFolders(client, [name], signal)).folders;
  if (!target) throw folderMissing(client.server, name);
  return target.id;
}

/** What became of each item. Throws the Refusal of what concerns more than one. */
async function change(client: EwsClient, operation: Operation, signal: AbortSignal) {
  const refusals: Refusal[] = [];
  const done: XmlElement[] = [];
  for (const message of await client.ask(operation, signal)) {
    const refusal = refusalOf(message);
    if (!refusal) done.push(message);
    else if (isGone(refusal)) continue;
    else if (categoryOf(refusal) === 'request') refusals.push(refusal);
    else throw refusal;
  }
  return { done, refusals };
}

/** Another program changed the item between our asking for its version and our change. */
const overtaken = /^Error(StaleObject|IrresolvableConflict|ChangeKeyRequired\w*)$/;

/** UpdateItem wants the present change key of each (ErrorChangeKeyRequiredForWriteOperations), so that is asked for first. */
async function mark(client: EwsClient, ids: readonly string[], signal: AbortSignal): Promise<Refusal[]> {
  for (let attempt = 1; ; attempt++) {
    const asked = await change(client, getProperties(ids, 'message:IsRead'), signal);
    const unread = asked.done.map((message) => versionOf(find(message, 'Items')?.children[0]));
    const versions = unread.filter((version) => version !== null);
    const marked = versions.length === 0 ? [] : (await change(client, markRead(versions), signal)).refusals;
    if (attempt > 1 || !marked.some(({ code }) => overtaken.test(code)))
      return [...asked.refusals, ...marked];
  }
}

function versionOf(item: XmlElement | undefined): ItemVersion | null {
  const { Id, ChangeKey } = find(item, 'ItemId')?.attributes ?? {};
  if (!item || !Id || !ChangeKey || textOf(item, 'IsRead') !== 'false') return null;
  return { id: Id, changeKey: ChangeKey, type: item.name };
}
