import type { Kysely, Transaction } from 'kysely';
import { newId } from '../../model/id.ts';
import { type Announced, type Position, positionKey } from '../../model/message.ts';
import type { Receipt, Received, ReceivingServer } from '../store.ts';
import { forStatements } from './statements.ts';
import type { PositionRow, Tables } from './tables.ts';

/** A server is asked about so many equal mails of the same time at most: more of them come twice when they are renumbered. */
const mostAsked = 1_000;

/** What becomes of a receipt. */
export interface Recognised extends Received {
  /** Of the message in its place. */
  generation: number;
  /** The place is in quarantine, or waited for. */
  isWaitedFor: boolean;
  /** It is known, but the server says something else of it than before. */
  isChanged: boolean;
}

/**
 * Which receipts are new. A position stored before is `known`, unless the server has given it to another message. A
 * mail with a Message-ID whose fingerprint this server has brought before is `recognised` wherever it lies now.
 * Without a Message-ID two equal mails may be two events (an alarm that repeats itself): such a mail is the same only
 * as one that was received at the same time, that was not deleted there since, and that has no place of its own in
 * this folder and UIDVALIDITY, but one that the server was asked about and no longer has. Each is the same as one
 * mail at most, so a renumbered folder with three equal mails still holds three.
 */
export async function recognise(
  tx: Transaction<Tables>,
  server: ReceivingServer,
  receipts: Receipt[],
): Promise<Recognised[]> {
  const here = await latestHere(tx, server.id, receipts);
  const waited = await waitedFor(tx, server.id, receipts);
  const places = await placesByFingerprint(tx, server.id, receipts);
  const deletes = server.afterIntake.action === 'delete';
  return receipts.map((receipt) => {
    const key = positionKey(receipt.position);
    const before = here.get(key);
    const isWaitedFor = waited.has(key);
    if (before && !isAnother(before, receipt)) {
      const { message: messageId, generation } = before;
      return { outcome: 'known', messageId, generation, isWaitedFor, isChanged: saysOther(before, receipt) };
    }
    const mails = places.get(receipt.fingerprint) ?? new Map<string, Place[]>();
    places.set(receipt.fingerprint, mails);
    const vanished = new Set(receipt.vanished?.map(positionKey));
    const same = mails.entries().find(([, its]) => isSame(its, receipt, vanished, deletes))?.[0];
    const messageId = same ?? newId('msg');
    const generation = before ? before.generation + 1 : 0;
    const place = { ...placeOf(receipt), generation, message: messageId };
    here.set(key, place);
    mails.set(messageId, [...(mails.get(messageId) ?? []), place]);
    return { outcome: same ? 'recognised' : 'new', messageId, generation, isWaitedFor, isChanged: false };
  });
}

/** What is kept of a message beside its place, to notice another one there. */
export function announcedColumns({ announced, content }: Receipt) {
  return {
    message_id: content.messageId ?? announced.messageId,
    received_at: announced.receivedAt,
    size: announced.size,
  };
}

type Place = Omit<PositionRow, 'server_id' | 'acknowledge_at' | 'refusals'>;

function placeOf(receipt: Receipt): Place {
  return {
    ...receipt.position,
    generation: 0,
    message: '',
    fingerprint: receipt.fingerprint,
    ...announcedColumns(receipt),
    acknowledgement: 'none',
  };
}

/**
 * Whether another message lies in the place now. Other bytes alone do not say so: some servers make the source anew
 * each time, with other boundaries. Nor do equal ones deny it where there is no Message-ID: an alarm repeats itself.
 */
function isAnother(before: Place, receipt: Receipt): boolean {
  const now = placeOf(receipt);
  if (before.message_id !== null && now.message_id !== null)
    return before.message_id !== now.message_id && before.fingerprint !== now.fingerprint;
  return before.received_at !== null && now.received_at !== null && before.received_at !== now.received_at;
}

function saysOther(before: Place, receipt: Receipt): boolean {
  const now = placeOf(receipt);
  return (['received_at', 'size', 'message_id'] as const).some((what) => now[what] !== before[what]);
}

/** Whether a mail of the same fingerprint, by all its places, is this one under another position. */
function isSame(places: Place[], receipt: Receipt, vanished: Set<string>, deletes: boolean): boolean {
  if (receipt.content.messageId !== null) return true;
  const { receivedAt } = receipt.announced;
  const folder = folderKey(receipt.position);
  return places.every((place) => {
    const isElsewhere = folderKey(place) !== folder || vanished.has(positionKey(place));
    // Where nobody knows the time, what may have been deleted since counts as deleted: rather twice than lost
    const isOfThen =
      place.received_at === null || receivedAt === null ? !deletes : place.received_at === receivedAt;
    return place.acknowledgement !== 'removed' && isElsewhere && isOfThen;
  });
}

/** Which of these messages of one folder are stored or in quarantine already, with what the server said of them. */
export async function knownUids(
  db: Kysely<Tables>,
  serverId: string,
  { folder, validity }: Omit<Position, 'uid'>,
  uids: string[],
): Promise<Map<string, Announced>> {
  const known = new Map<string, Announced>();
  for (const some of forStatements(uids)) {
    const stored = await db
      .selectFrom('position')
      .select(['uid', 'received_at', 'size', 'message_id'])
      .where((e) => e.and({ server_id: serverId, folder, validity }))
      .where('uid', 'in', some)
      .orderBy('generation')
      .execute();
    for (const { uid, received_at, size, message_id } of stored)
      known.set(uid, { receivedAt: received_at, size, messageId: message_id });
    const waiting = await db
      .selectFrom('quarantine')
      .select('uid')
      .where((e) => e.and({ server_id: serverId, folder, validity }))
      .where('uid', 'in', some)
      .execute();
    for (const { uid } of waiting) known.set(uid, { receivedAt: null, size: null, messageId: null });
  }
  return known;
}

/** Where in the folder of each receipt an equal mail without Message-ID was stored. */
export async function sameMail(
  db: Kysely<Tables>,
  serverId: string,
  receipts: Pick<Receipt, 'position' | 'fingerprint' | 'content' | 'announced'>[],
): Promise<Position[][]> {
  const nameless = receipts.filter(({ content }) => content.messageId === null);
  if (nameless.length === 0) return receipts.map(() => []);
  const rows = await db
    .selectFrom('position')
    .select(['fingerprint', 'folder', 'validity', 'uid', 'received_at'])
    .where('server_id', '=', serverId)
    .where('fingerprint', 'in', [...new Set(nameless.map(({ fingerprint }) => fingerprint))])
    .where('acknowledgement', '!=', 'removed')
    .orderBy('message')
    .execute();
  const places = rows.map(({ fingerprint, received_at, ...position }) => ({
    fingerprint,
    receivedAt: received_at,
    position,
  }));
  const byFingerprint = Map.groupBy(places, ({ fingerprint }) => fingerprint);
  return receipts.map(({ position, fingerprint, content, announced: { receivedAt } }) =>
    content.messageId === null
      ? (byFingerprint.get(fingerprint) ?? [])
          .filter((place) => folderKey(place.position) === folderKey(position))
          .filter((place) => place.position.uid !== position.uid)
          .filter(({ receivedAt: then }) => !then || !receivedAt || then === receivedAt)
          .slice(-mostAsked)
          .map((place) => place.position)
      : [],
  );
}

/** The latest message in each place. */
async function latestHere(
  tx: Transaction<Tables>,
  serverId: string,
  receipts: Receipt[],
): Promise<Map<string, Place>> {
  const latest = new Map<string, Place>();
  for (const [{ position }, uids] of byFolder(receipts)) {
    const rows = await tx
      .selectFrom('position')
      .selectAll()
      .where((e) => e.and({ server_id: serverId, folder: position.folder, validity: position.validity }))
      .where('uid', 'in', uids)
      .orderBy('generation')
      .execute();
    for (const row of rows) latest.set(positionKey(row), row);
  }
  return latest;
}

async function waitedFor(
  tx: Transaction<Tables>,
  serverId: string,
  receipts: Receipt[],
): Promise<Set<string>> {
  const waited = new Set<string>();
  for (const [{ position }, uids] of byFolder(receipts)) {
    const rows = await tx
      .selectFrom('quarantine')
      .select(['folder', 'validity', 'uid'])
      .where((e) => e.and({ server_id: serverId, folder: position.folder, validity: position.validity }))
      .where('uid', 'in', uids)
      .execute();
    for (const row of rows) waited.add(positionKey(row));
  }
  return waited;
}

/** The first receipt of each folder, and the UIDs of all of it. */
function byFolder(receipts: Receipt[]): [Receipt, string[]][] {
  const groups = Map.groupBy(receipts, ({ position }) => folderKey(position));
  return [...groups.values()].map((group) => [
    group[0] as Receipt,
    group.map(({ position }) => position.uid),
  ]);
}

/** The mails of each fingerprint in the order in which they were stored, with all places of each. */
async function placesByFingerprint(
  tx: Transaction<Tables>,
  serverId: string,
  receipts: Receipt[],
): Promise<Map<string, Map<string, Place[]>>> {
  const found = new Map<string, Map<string, Place[]>>();
  if (receipts.length === 0) return found;
  const rows = await tx
    .selectFrom('position')
    .selectAll()
    .where('server_id', '=', serverId)
    .where('fingerprint', 'in', [...new Set(receipts.map((receipt) => receipt.fingerprint))])
    .orderBy('message')
    .execute();
  for (const [fingerprint, its] of Map.groupBy(rows, (row) => row.fingerprint))
    found.set(
      fingerprint,
      Map.groupBy(its, ({ message }) => message),
    );
  return found;
}

function folderKey(position: Pick<Position, 'folder' | 'validity'>): string {
  return `${position.validity}\0${position.folder}`;
}
