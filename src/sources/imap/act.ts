import { inPortions } from '../../concurrency/batches.ts';
import type { Position } from '../../model/message.ts';
import type { Problem } from '../../model/problem.ts';
import type { Log } from '../../telemetry/log.ts';
import { mostRefusals } from '../blame.ts';
import { folderMissing } from '../folder-problems.ts';
import type { Action } from '../protocol.ts';
import type { Acted, ActedOn } from '../source.ts';
import type { ImapConnection } from './connection.ts';
import { isFolderMissing, openFolder, searchUids, toUidSet, uidsAtOnce } from './folder.ts';
import { askEntries } from './present.ts';

/**
 * Does on the server what is to be done with stored messages: one command for many; where the server refuses that, for
 * fewer and fewer, so that one message keeps no other. Safe to repeat: messages, folders and UIDVALIDITYs that are
 * no more are passed over, and so is what another message has taken the number of. Only the named messages are ever
 * expunged; where the server cannot do that (no UIDPLUS, RFC 4315) they stay, flagged `\Deleted`.
 */
export async function act(
  connection: ImapConnection,
  positions: readonly ActedOn[],
  action: Action,
  log: Log,
): Promise<Acted> {
  const removes = action.action === 'delete' && connection.client.capabilities.has('UIDPLUS');
  const refused: { position: Position; problem: Problem }[] = [];
  const removed: Position[] = [];
  let isAnyDone = false;
  for (const [folder, inFolder] of Map.groupBy(positions, ({ folder }) => folder)) {
    const { uids, there } = await openForChange(connection, folder, inFolder, log);
    const byUid = new Map(inFolder.map((position) => [Number(position.uid), position]));
    for (const queue = [...inPortions(uids, uidsAtOnce)]; queue.length > 0; ) {
      const portion = queue.shift() as number[];
      try {
        await apply(connection, portion, action, log);
        isAnyDone = true;
        if (removes) for (const uid of portion) if (there.has(uid)) removed.push(byUid.get(uid) as Position);
      } catch (error) {
        const problem = connection.explain(error);
        if (problem.kind !== 'refused' || !connection.client.usable) throw problem;
        if (portion.length > 1) {
          const half = Math.ceil(portion.length / 2);
          queue.unshift(portion.slice(0, half), portion.slice(half));
        } else refused.push({ position: byUid.get(portion[0] as number) as Position, problem });
        if (!isAnyDone && refused.length >= mostRefusals) throw problem;
      }
    }
  }
  const bad = new Set(refused.map(({ position }) => position));
  return { done: positions.filter((position) => !bad.has(position)), removed, refused };
}

/** What may be changed in a folder. */
interface Changeable {
  /** Ascending: all but those that mean other messages by now. */
  uids: number[];
  /** Those that the server says something of. */
  there: Set<number>;
}

/** Opens the folder and tells which of the UIDs still mean the same messages. */
async function openForChange(
  connection: ImapConnection,
  folder: string,
  positions: readonly ActedOn[],
  log: Log,
): Promise<Changeable> {
  try {
    const { validity } = await openFolder(connection, folder, { readOnly: false });
    const current = positions.filter((position) => position.validity === validity);
    if (current.length < positions.length)
      log.info(
        { folder },
        'The UIDs of the folder have changed: messages known by the old ones are left alone',
      );
    return await sameAsStored(connection, folder, validity, current);
  } catch (error) {
    if (!isFolderMissing(error)) throw error;
    log.info({ folder }, 'The folder is gone, and its messages with it');
    return { uids: [], there: new Set() };
  }
}

/** Nothing is done to a message that has come under the number of another one. */
async function sameAsStored(
  connection: ImapConnection,
  folder: string,
  validity: string,
  positions: readonly ActedOn[],
): Promise<Changeable> {
  const uids = positions.map(({ uid }) => Number(uid)).sort((a, b) => a - b);
  const stored = new Map(positions.map(({ uid, announced }) => [uid, announced?.receivedAt]));
  const same: number[] = [];
  const there = new Set<number>();
  for (const portion of inPortions(uids, uidsAtOnce))
    for (const { position, receivedAt } of await askEntries(
      connection,
      { folder, validity },
      portion,
      'date',
    )) {
      const then = stored.get(position.uid) ?? null;
      if (receivedAt !== null) there.add(Number(position.uid));
      if (then === null || receivedAt === null || then === receivedAt) same.push(Number(position.uid));
    }
  return { uids: same, there };
}

async function apply(connection: ImapConnection, uids: number[], action: Action, log: Log): Promise<void> {
  switch (action.action) {
    case 'mark-read':
      return flag(connection, uids, '\\Seen', 'mark messages as read');
    case 'delete':
      return remove(connection, uids, log);
    case 'move':
      return move(connection, uids, action.folder, log);
  }
}

/** imapflow tells a refusal by `false` and keeps the words to itself; the connection knows them. */
async function flag(connection: ImapConnection, uids: number[], name: string, doing: string): Promise<void> {
  const done = await connection.client.messageFlagsAdd(toUidSet(uids), [name], { uid: true, silent: true });
  if (!done) throw connection.explainRefusal(doing);
}

async function remove(connection: ImapConnection, uids: number[], log: Log): Promise<void> {
  if (!connection.client.capabilities.has('UIDPLUS')) {
    await flag(connection, uids, '\\Deleted', 'delete messages');
    log.info(
      { messages: uids.length },
      'The mail server cannot expunge single messages: they are flagged as deleted and stay until it is asked to',
    );
    return;
  }
  const done = await connection.client.messageDelete(toUidSet(uids), { uid: true });
  if (!done) throw connection.explainRefusal('delete messages');
}

async function move(connection: ImapConnection, uids: number[], target: string, log: Log): Promise<void> {
  const { client } = connection;
  if (client.capabilities.has('MOVE')) {
    if (!(await client.messageMove(toUidSet(uids), target, { uid: true }))) {
      throw await explainMove(connection, target);
    }
    return;
  }
  // Without MOVE (RFC 6851) a repetition would copy again, but those that are flagged were copied before.
  // Only a crash between COPY and STORE leaves a second copy in the target
  const left = await searchUids(connection, { uid: toUidSet(uids), deleted: false });
  if (left.length > 0 && !(await client.messageCopy(toUidSet(left), target, { uid: true }))) {
    throw await explainMove(connection, target);
  }
  await remove(connection, uids, log);
}

/** A missing target is the usual reason, and the one a person can mend. */
async function explainMove(connection: ImapConnection, target: string): Promise<Problem> {
  const problem = connection.explainRefusal(`move messages to ${target}`);
  if (!connection.client.usable) return problem;
  const exists = await connection.client.status(target, { messages: true }).catch(() => false);
  return exists === false ? folderMissing(connection.server, target, problem) : problem;
}

/** Which of these positions still hold a message. */
export async function stillThere(
  connection: ImapConnection,
  positions: readonly Position[],
): Promise<Position[]> {
  const there: Position[] = [];
  for (const [folder, inFolder] of Map.groupBy(positions, ({ folder }) => folder))
    try {
      const { validity } = await openFolder(connection, folder, { readOnly: true });
      const uids = inFolder
        .filter((position) => position.validity === validity)
        .map(({ uid }) => Number(uid));
      for (const portion of inPortions(
        uids.sort((a, b) => a - b),
        uidsAtOnce,
      )) {
        const present = new Set(await searchUids(connection, { uid: toUidSet(portion) }));
        there.push(...inFolder.filter(({ uid }) => present.has(Number(uid))));
      }
    } catch (error) {
      if (!isFolderMissing(error)) throw error;
    }
  return there;
}
