import { isBeforeStart } from '../../model/mail-server.ts';
import { type Json, Malformed } from '../../network/graph.ts';
import { Paging } from '../paging.ts';
import type { GraphClient } from './client.ts';
import { getPage } from './collection.ts';
import { type Folder, textOf } from './folders.ts';
import { isSyncStateLost } from './refusal.ts';

/** One round of a folder's delta query (Microsoft: Get incremental changes to messages in a folder). */
export interface Round {
  folderId: string;
  /** Where it began: a link of the round before, or null for all there is. */
  from: string | null;
  /** What to ask next; null when all of it was asked. */
  next: string | null;
  /** New and changed messages, with when they were received in milliseconds; NaN where that was not told. */
  messages: Map<string, number>;
  /** Where the round after this one begins. */
  deltaLink: string;
  paging: Paging;
  /** The pages led on without an end: what they gave can be read, but where the next round begins is not known. */
  isEndless: boolean;
}

/** A page is one request and some 300 bytes for each message. */
const pageSize = 500;

/** The first request of a round about all there is. */
function beginning(client: GraphClient, folder: Folder): string {
  // No filter by date: with one, Graph lets 5,000 messages through and leaves out the others without a word.
  // No changeType=created: whether it tells of messages that were moved in, or read before anyone looked, is not
  // documented
  const path = `${client.mailbox}/mailFolders/${encodeURIComponent(folder.id)}/messages/delta`;
  return `${path}?$select=receivedDateTime`;
}

export function beginRound(client: GraphClient, folder: Folder, from: string | null): Round {
  return {
    folderId: folder.id,
    from,
    next: from ?? beginning(client, folder),
    messages: new Map(),
    deltaLink: '',
    paging: new Paging(from),
    isEndless: false,
  };
}

/**
 * Asks for the rest of a round, page by page; after an error it can be gone on with. Messages from before the start
 * are left out. Where the server has forgotten what we know (`410 Gone`), the round begins anew with all
 * there is and `onLost` is called.
 */
export async function completeRound(
  client: GraphClient,
  folder: Folder,
  round: Round,
  { signal, onLost }: { signal: AbortSignal; onLost: () => void },
): Promise<void> {
  let beganAnew = false;
  while (round.next !== null) {
    try {
      const { items, nextLink, deltaLink } = await getPage(client, round.next, { signal, pageSize });
      for (const item of items) note(client, round, item);
      round.paging.fresh(items, (item) => textOf(item, 'id'));
      if (nextLink === null && deltaLink === null) throw new Malformed('a page that leads nowhere');
      round.isEndless = nextLink !== null && !(await round.paging.goesOn(nextLink, signal));
      round.next = round.isEndless ? null : nextLink;
      round.deltaLink = deltaLink ?? '';
    } catch (error) {
      if (!isSyncStateLost(error) || beganAnew) throw error;
      beganAnew = true;
      Object.assign(round, beginRound(client, folder, null), { from: round.from });
      onLost();
    }
  }
}

/** An item may come more than once in a round; the last one counts. */
function note({ server }: GraphClient, { messages }: Round, item: Json): void {
  const id = textOf(item, 'id');
  const received = Date.parse(String(item.receivedDateTime));
  if (item['@removed'] !== undefined) messages.delete(id);
  else if (!isBeforeStart(server, received))
    messages.set(id, Number.isNaN(received) ? (messages.get(id) ?? Number.NaN) : received);
}
