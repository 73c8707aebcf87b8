import type { Announced } from '../model/message.ts';
import { Problem } from '../model/problem.ts';
import { at } from '../network/wording.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { FolderReader, MessageOrUnreadable } from './folder-reader.ts';
import { unlistedOr } from './folder-unlisted.ts';
import type { Entry, Explain, NamedFolder, Reading } from './protocol.ts';
import type { Known } from './source.ts';

/** What was found in a folder. */
export interface Compared {
  inMailbox: number;
  /** Not here, and asked for. */
  missing: number;
  /** Places in which another message lies than the one that was stored. */
  reused: number;
}

/**
 * Compares what a folder lists with what is stored, waited for or in quarantine, some of the newest or `all` of it, and
 * yields what is missing: whatever the place reached in the folder says, nothing is passed over for good. A place in
 * which another message lies by now counts as missing.
 */
export async function* compareFolder<Folder extends NamedFolder>(
  folder: Folder,
  {
    reading,
    reader,
    known,
    explain,
    all,
  }: {
    reading: Reading<Folder>;
    reader: FolderReader<Folder>;
    known: Known;
    explain: Explain;
    all: boolean;
  },
): AsyncGenerator<MessageOrUnreadable, Compared> {
  const found: Compared = { inMailbox: 0, missing: 0, reused: 0 };
  const portions = reading.present(folder, all ? 'all' : 'newest')[Symbol.asyncIterator]();
  for (;;) {
    const { value: entries, done } = await portions.next().catch((error) => {
      throw unlistedOr(explain(error, 'list the folder', folder.name));
    });
    if (done) return found;
    found.inMailbox += entries.length;
    const [first] = entries;
    if (!first) continue;
    const stored = await known(
      first.position,
      entries.map(({ position }) => position.uid),
    );
    const reused = entries.filter((entry) => isAnother(entry, stored.get(entry.position.uid)));
    const wanted = entries.filter((entry) => {
      const here = stored.get(entry.position.uid);
      if (!here) return !reader.hasYielded(entry.position);
      return isAnother(entry, here) || isOfOtherSize(entry, here);
    });
    found.reused += reused.length;
    found.missing += wanted.length;
    yield* reader.readThese(folder, wanted.toReversed(), 0);
  }
}

/** Whether the server says another time or Message-ID of what lies in a place than it said before. */
function isAnother({ receivedAt, messageId = null }: Entry, here: Announced | undefined): boolean {
  return !!here && (differ(receivedAt, here.receivedAt) || differ(messageId, here.messageId));
}

/** Sizes are estimates on some servers, and may change: the message is looked at, and is the same as a rule. */
function isOfOtherSize({ size }: Entry, here: Announced): boolean {
  return differ(size, here.size);
}

function differ<Value>(one: Value | null, other: Value | null): boolean {
  return one !== null && other !== null && one !== other;
}

/** RFC 3501 2.3.1.1 and its like in every protocol: an id names one message for ever. */
export function idsReused(server: MailServer, folder: string, count: number): Problem {
  return new Problem({
    code: `${server.protocol}.ids-reused`,
    kind: 'protocol',
    title: 'The mail server gives ids of messages to other messages',
    detail: `${at(server)}: ${count} in ${JSON.stringify(folder)}`,
    cause:
      'The mail server was restored from a back-up or repaired, or it is faulty: an id must name one message for ever.',
    remedy:
      'None is needed for the mail: all that the mailbox lists was compared with what is stored, and what was missing ' +
      'was read. If it happens again, tell it to whoever runs the mail server.',
    retry: 'later',
  });
}
