import type { Kysely, Transaction } from 'kysely';
import { inPortions } from '../../concurrency/batches.ts';
import { newId } from '../../model/id.ts';
import type { Position } from '../../model/message.ts';
import type { Receipt, Received } from '../store.ts';
import type { Tables } from './tables.ts';

/** Engines limit the number of parameters. */
const uidsPerStatement = 500;

/**
 * Which receipts are new. A position stored before is `known`. A mail with a Message-ID whose
 * fingerprint this server has brought before is `recognised` wherever it lies now. Without a Message-ID
 * two equal mails may be two events (an alarm that repeats itself): such a mail is recognised only as
 * one that has no place yet in this folder and UIDVALIDITY, so a renumbered folder with three equal
 * mails still holds three.
 */
export async function recognise(
  tx: Transaction<Tables>,
  serverId: string,
  receipts: Receipt[],
): Promise<Received[]> {
  const known = await knownPositions(tx, serverId, receipts);
  const places = await messagesByFingerprint(
    tx,
    serverId,
    receipts.filter((receipt) => !known.has(positionKey(receipt.position))),
  );
  return receipts.map((receipt) => {
    const key = positionKey(receipt.position);
    const knownAs = known.get(key);
    if (knownAs) return { outcome: 'known', messageId: knownAs };
    const here = folderKey(receipt.position);
    const candidates = places.get(receipt.fingerprint) ?? [];
    const same = receipt.content.messageId
      ? candidates[0]
      : candidates.find((candidate) => !candidate.folders.has(here));
    const message = same ?? { messageId: newId('msg'), folders: new Set<string>() };
    message.folders.add(here);
    known.set(key, message.messageId);
    if (same) return { outcome: 'recognised', messageId: same.messageId };
    places.set(receipt.fingerprint, [...candidates, message]);
    return { outcome: 'new', messageId: message.messageId };
  });
}

/** Which of these messages of one folder are stored or quarantined already. */
export async function knownUids(
  db: Kysely<Tables>,
  serverId: string,
  { folder, validity }: Omit<Position, 'uid'>,
  uids: string[],
): Promise<Set<string>> {
  const known = new Set<string>();
  for (const some of inPortions(uids, uidsPerStatement))
    for (const table of ['position', 'quarantine'] as const) {
      const rows = await db
        .selectFrom(table)
        .select('uid')
        .where('server_id', '=', serverId)
        .where('folder', '=', folder)
        .where('validity', '=', validity)
        .where('uid', 'in', some)
        .execute();
      for (const { uid } of rows) known.add(uid);
    }
  return known;
}

/** A message and the folders, each under its UIDVALIDITY, in which it has a place. */
interface Placed {
  messageId: string;
  folders: Set<string>;
}

async function knownPositions(
  tx: Transaction<Tables>,
  serverId: string,
  receipts: Receipt[],
): Promise<Map<string, string>> {
  const known = new Map<string, string>();
  for (const [first, ...rest] of Map.groupBy(receipts, (receipt) => folderKey(receipt.position)).values()) {
    if (!first) continue;
    const rows = await tx
      .selectFrom('position')
      .select(['folder', 'validity', 'uid', 'message'])
      .where('server_id', '=', serverId)
      .where('folder', '=', first.position.folder)
      .where('validity', '=', first.position.validity)
      .where(
        'uid',
        'in',
        [first, ...rest].map((receipt) => receipt.position.uid),
      )
      .execute();
    for (const row of rows) known.set(positionKey(row), row.message);
  }
  return known;
}

async function messagesByFingerprint(
  tx: Transaction<Tables>,
  serverId: string,
  receipts: Receipt[],
): Promise<Map<string, Placed[]>> {
  const found = new Map<string, Placed[]>();
  if (receipts.length === 0) return found;
  const rows = await tx
    .selectFrom('position')
    .select(['fingerprint', 'message', 'folder', 'validity'])
    .where('server_id', '=', serverId)
    .where('fingerprint', 'in', [...new Set(receipts.map((receipt) => receipt.fingerprint))])
    .orderBy('message')
    .execute();
  for (const row of rows) {
    const same = found.get(row.fingerprint) ?? [];
    found.set(row.fingerprint, same);
    const last = same.at(-1);
    if (last?.messageId === row.message) last.folders.add(folderKey(row));
    else same.push({ messageId: row.message, folders: new Set([folderKey(row)]) });
  }
  return found;
}

function folderKey(position: Pick<Position, 'folder' | 'validity'>): string {
  return `${position.validity}\0${position.folder}`;
}

function positionKey(position: Position): string {
  return `${position.uid}\0${folderKey(position)}`;
}
