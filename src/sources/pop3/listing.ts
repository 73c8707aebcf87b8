import type { MailServer } from '../../resources/incoming-server/record.ts';
import type { Pop3Connection } from './connection.ts';
import { Pop3ProtocolError, Pop3Refusal } from './errors.ts';
import { noUniqueIds } from './problems.ts';

/** What lies in the maildrop, as one session sees it. */
export interface Listing {
  /**
   * Message numbers by unique id, in the server's order. Where a unique id names several messages, which RFC 1939 7
   * allows for copies, the second is `<id> 2`: no unique id has a space in it.
   */
  readonly numbers: ReadonlyMap<string, number>;
  /** Whether the message shares its unique id with others. */
  isShared(uid: string): boolean;
  /** How many rows were none: their messages cannot be told apart, and are listed again the next time. */
  readonly unreadableRows: number;
}

/** More than any maildrop has; a server that goes on and on must not fill our memory. */
const mostMessages = 1_000_000;

/** All messages by their unique ids. Throws `pop3.no-unique-ids`. */
export async function listMessages(connection: Pop3Connection, server: MailServer): Promise<Listing> {
  const numbers = new Map<string, number>();
  const copies = new Map<string, number>();
  let unreadableRows = 0;
  try {
    await eachRow(connection, 'UIDL', (row) => {
      if (!row) unreadableRows++;
      if (!row) return;
      const [number, id] = row;
      const count = numbers.has(id) ? (copies.get(id) ?? 1) + 1 : 1;
      if (count > 1) copies.set(id, count);
      numbers.set(count === 1 ? id : `${id} ${count}`, number);
    });
  } catch (error) {
    if (!(error instanceof Pop3Refusal) || error.responseCode !== '') throw error;
    // Some servers refuse to list what is empty
    if (/^0\b/.test(await connection.command('STAT')))
      return { numbers, isShared: () => false, unreadableRows };
    throw noUniqueIds(server, error);
  }
  return { numbers, isShared: (uid) => copies.has(uid.split(' ', 1)[0] as string), unreadableRows };
}

/**
 * Sizes in bytes by message number, as the server announces them: an estimate on some servers. One that is not told
 * stops no message; a server that cannot tell them all tells none.
 */
export async function listSizes(connection: Pop3Connection): Promise<Map<number, number>> {
  const sizes = new Map<number, number>();
  try {
    await eachRow(connection, 'LIST', (row) => {
      if (row && /^\d{1,15}$/.test(row[1])) sizes.set(row[0], Number(row[1]));
    });
  } catch (error) {
    // Dovecot says [SYS/TEMP] where it cannot look into one of them
    if (!(error instanceof Pop3Refusal) || !connection.usable) throw error;
  }
  return sizes;
}

/** Rows such as `1 whqtswO00WBw418f9t5JxYwZ`; null for a row that is none. */
async function eachRow(
  connection: Pop3Connection,
  command: string,
  take: (row: [number: number, value: string] | null) => void,
): Promise<void> {
  let rows = 0;
  for await (const lines of connection.lines(command)) {
    rows += lines.length;
    if (rows > mostMessages) throw new Pop3ProtocolError(`an answer to ${command} without an end`);
    for (const line of lines) {
      const [, number, value] = /^\s*(\d{1,9})\s+(\S+)/.exec(line) ?? [];
      take(number === undefined || value === undefined ? null : [Number(number), value]);
    }
  }
}
