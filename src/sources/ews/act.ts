import { inPortions } from '../../concurrency/batches.ts';
import type { Position } from '../../model/message.ts';
import { XmlError } from '../../network/xml.ts';
import { find, textOf, type XmlElement } from '../../network/xml-element.ts';
import { folderMissing } from '../folder-problems.ts';
import type { Action } from '../protocol.ts';
import type { Acted } from '../source.ts';
import type { EwsClient } from './client.ts';
import { explain } from './explain.ts';
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
import { categoryOf, isGone, isNoId, type Refusal, refusalOf } from './refusal.ts';

const portionItems = 50;

/**
 * Does on the server what is to be done with stored messages, some at a time. Safe to repeat: messages that are
 * no more are passed over, and one that was moved has another id since. A message that is refused stops no other.
 */
export async function act(
  client: EwsClient,
  positions: readonly Position[],
  action: Action,
  signal: AbortSignal,
): Promise<Acted> {
  const target = action.action === 'move' ? await findTarget(client, action.folder, signal) : null;
  const refusals = new Map<string, Refusal>();
  const removed = new Set<string>();
  for (const portion of inPortions(positions, portionItems)) {
    const ids = portion.map(({ uid }) => uid);
    const changed = target
      ? await change(client, moveItems(ids, target), ids, signal)
      : action.action === 'delete'
        ? await change(client, deleteItems(ids), ids, signal)
        : await mark(client, ids, signal);
    for (const [id, refusal] of changed.refusals) refusals.set(id, refusal);
    if (action.action === 'delete') for (const id of changed.done.keys()) removed.add(id);
  }
  const problemOf = (refusal: Refusal) => explain(refusal, client.server, 'change a message');
  return {
    done: positions.filter(({ uid }) => !refusals.has(uid)),
    removed: positions.filter(({ uid }) => removed.has(uid)),
    refused: positions
      .filter(({ uid }) => refusals.has(uid))
      .map((position) => ({ position, problem: problemOf(refusals.get(position.uid) as Refusal) })),
  };
}

/** Which of these positions still hold a message. */
export async function stillThere(
  client: EwsClient,
  positions: readonly Position[],
  signal: AbortSignal,
): Promise<Position[]> {
  const there = new Set<string>();
  for (const portion of inPortions(positions, portionItems)) {
    const ids = portion.map(({ uid }) => uid);
    const { done, refusals } = await change(client, getProperties(ids, 'item:Size'), ids, signal);
    for (const id of [...done.keys(), ...refusals.keys()]) there.add(id);
  }
  return positions.filter(({ uid }) => there.has(uid));
}

async function findTarget(client: EwsClient, name: string, signal: AbortSignal): Promise<FolderId> {
  const [target] = (await resolveFolders(client, [name], signal)).folders;
  if (!target) throw folderMissing(client.server, name);
  return target.id;
}

/** What became of each item, by its id; those that are no more are in neither. */
interface Changed {
  done: Map<string, XmlElement>;
  refusals: Map<string, Refusal>;
}

/** Throws the Refusal of what concerns more than one. */
async function change(
  client: EwsClient,
  operation: Operation,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Changed> {
  const refusals = new Map<string, Refusal>();
  const done = new Map<string, XmlElement>();
  for (const [n, message] of (await client.ask(operation, signal)).entries()) {
    const refusal = refusalOf(message);
    const id = ids[n];
    // Exchange answers in the order in which it was asked
    if (id === undefined) throw new XmlError('more answers than were asked for');
    if (!refusal) done.set(id, message);
    else if (isGone(refusal) || isNoId(refusal)) continue;
    else if (categoryOf(refusal) === 'request') refusals.set(id, refusal);
    else throw refusal;
  }
  return { done, refusals };
}

/** Another program changed the item between our asking for its version and our change. */
const overtaken = /^Error(StaleObject|IrresolvableConflict|ChangeKeyRequired\w*)$/;

/** UpdateItem wants the present change key of each (ErrorChangeKeyRequiredForWriteOperations), so that is asked for first. */
async function mark(client: EwsClient, ids: readonly string[], signal: AbortSignal): Promise<Changed> {
  for (let attempt = 1; ; attempt++) {
    const asked = await change(client, getProperties(ids, 'message:IsRead'), ids, signal);
    const versions = new Map<string, ItemVersion>();
    for (const [id, message] of asked.done) {
      const version = versionOf(find(message, 'Items')?.children[0]);
      if (version) versions.set(id, version);
    }
    const unread = [...versions.keys()];
    const marked: Changed =
      unread.length === 0
        ? { done: new Map(), refusals: new Map() }
        : await change(client, markRead([...versions.values()]), unread, signal);
    if (attempt > 1 || ![...marked.refusals.values()].some(({ code }) => overtaken.test(code)))
      return { done: marked.done, refusals: new Map([...asked.refusals, ...marked.refusals]) };
  }
}

function versionOf(item: XmlElement | undefined): ItemVersion | null {
  const { Id, ChangeKey } = find(item, 'ItemId')?.attributes ?? {};
  if (!item || !Id || !ChangeKey || textOf(item, 'IsRead') !== 'false') return null;
  return { id: Id, changeKey: ChangeKey, type: item.name };
}
