import type { Transaction } from 'kysely';
import { newId } from '../../model/id.ts';
import type { Position } from '../../model/message.ts';
import type { Receipt, Received } from '../store.ts';
import type { Tables } from './tables.ts';

export type Recognised = Received;

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
): Promise<Recognised[]> {
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
    .selectFrom('message')
    .leftJoin('position', 'position.message', 'message.id')
    .select(['message.id', 'message.fingerprint', 'position.folder', 'position.validity'])
    .where('message.server_id', '=', serverId)
    .where('message.fingerprint', 'in', [...new Set(receipts.map((receipt) => receipt.fingerprint))])
    .orderBy('message.sequence')
    .execute();
  const byId = new Map<string, Placed>();
  for (const row of rows) {
    let placed = byId.get(row.id);
    if (!placed) {
      placed = { messageId: row.id, folders: new Set() };
      byId.set(row.id, placed);
      found.set(row.fingerprint, [...(found.get(row.fingerprint) ?? []), placed]);
    }
    if (row.folder !== null && row.validity !== null)
      placed.folders.add(folderKey({ folder: row.folder, validity: row.validity }));
  }
  return found;
}

function folderKey(position: Pick<Position, 'folder' | 'validity'>): string {
  return `${position.validity}\0${position.folder}`;
}

function positionKey(position: Position): string {
  return `${position.uid}\0${folderKey(position)}`;
}
