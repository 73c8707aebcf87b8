import { inPortions } from '../../concurrency/batches.ts';
import { isBeforeStart } from '../../model/mail-server.ts';
import type { Position } from '../../model/message.ts';
import { plainMessageId } from '../announced-id.ts';
import type { Entry } from '../protocol.ts';
import type { ImapConnection } from './connection.ts';
import { isRefusal } from './explain.ts';
import { endOf, receivedAt, rowsBeyond } from './fetch.ts';
import { searchUids, toUidSet, uidsAtOnce } from './folder.ts';

/**
 * What lies in a range of the open folder, up to a UID, with what the server says of it; the newest first. What is from
 * before the start is left out.
 */
export async function* listEntries(
  connection: ImapConnection,
  place: Omit<Position, 'uid'>,
  range: string,
  { upTo, facts }: { upTo: number; facts: Facts },
): AsyncGenerator<Entry[]> {
  // `*` is the highest UID even where it lies before the range (RFC 3501 9)
  const present = (await searchUids(connection, { uid: range })).filter((uid) => uid <= upTo);
  for (const uids of [...inPortions(present, uidsAtOnce)].toReversed())
    yield (await askEntries(connection, place, uids, facts)).toReversed();
}

/**
 * What is asked about messages. Size and header lie in the messages themselves: Dovecot ends the connection where it
 * cannot read one of them.
 */
export type Facts = 'none' | 'date' | 'all';

/** What the server says of these messages; those that are not there any more are left out. */
export async function askEntries(
  connection: ImapConnection,
  place: Omit<Position, 'uid'>,
  uids: readonly number[],
  facts: Facts,
): Promise<Entry[]> {
  if (facts === 'none') return uids.map((uid) => entryOf(place, uid));
  const asked = new Set(uids);
  const isEndless = rowsBeyond(uids.length);
  const query = {
    uid: true,
    internalDate: true,
    ...(facts === 'all' && { size: true, headers: ['message-id'] }),
  };
  const entries: Entry[] = [];
  try {
    for await (const row of connection.client.fetch(toUidSet(uids), query, { uid: true })) {
      if (isEndless()) throw endOf(connection);
      const received = receivedAt(row);
      if (!asked.delete(row.uid) || (received && isBeforeStart(connection.server, received))) continue;
      entries.push({
        position: { ...place, uid: `${row.uid}` },
        size: row.size ?? null,
        receivedAt: received,
        messageId: plainMessageId(row.headers?.toString('latin1').replace(/^message-id\s*:/i, '')),
      });
    }
  } catch (error) {
    // One of them that the server cannot look into keeps no other
    if (!isRefusal(error) || !connection.client.usable) throw error;
  }
  // Listed by SEARCH, and nothing is said of it: it may be read all the same
  for (const uid of asked) entries.push(entryOf(place, uid));
  return entries.sort((a, b) => Number(a.position.uid) - Number(b.position.uid));
}

function entryOf(place: Omit<Position, 'uid'>, uid: number): Entry {
  return { position: { ...place, uid: `${uid}` }, size: null, receivedAt: null };
}
