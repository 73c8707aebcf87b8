import type { Position } from '../model/message.ts';
import type { Problem } from '../model/problem.ts';
import { createBlame } from './blame.ts';
import { FolderReader, FolderUnlisted } from './folder-reader.ts';
import { bytesOf, type Limits, whyUnreadable } from './message-bytes.ts';
import { stopped } from './message-problems.ts';
import type { Answer, MailboxProtocol, NamedFolder, Reading } from './protocol.ts';
import type { MailSource, SourceEvent, SourceParts } from './source.ts';

const actions = { 'mark-read': 'mark messages as read', move: 'move messages', delete: 'delete messages' };

/** A mailbox over any protocol. Opens no connection yet. */
export function createSource<Folder extends NamedFolder>(
  protocol: MailboxProtocol<Folder>,
  { server, options: { maxMessageBytes, reconcileSeconds } }: Pick<SourceParts, 'server' | 'options'>,
): MailSource {
  const limits = { server, maxMessageBytes };
  const closing = new AbortController();
  const blame = createBlame(server);
  let current: Reading<Folder> | null = null;

  const problemOf = (error: unknown, doing: string, { aborted } = closing.signal): Problem =>
    aborted ? stopped(server) : protocol.explain(error, doing);

  /** Does something beside the reading, until the source is closed. */
  const beside = <T>(doing: string, work: Work<T>, signal = closing.signal): Promise<T> =>
    attempt(work, signal, (error) => problemOf(error, doing, signal));

  return {
    async *messages(cursor, { watch, signal: callerSignal }) {
      const ended = new AbortController();
      const signal = AbortSignal.any([callerSignal, closing.signal, ended.signal]);
      if (signal.aborted) return;
      let explain = protocol.explain;
      let reading: Reading<Folder> | null = null;
      try {
        reading = await protocol.begin(cursor, { watch, signal });
        current = reading;
        explain = reading.explain ?? explain;
        const reader = new FolderReader(reading, explain, limits, blame, signal);
        yield* readMailbox(reading, reader, watch ? reconcileSeconds * 1000 : null, signal);
      } catch (error) {
        if (!signal.aborted) throw explain(error);
      } finally {
        await reading?.end?.();
        // Ends what was asked for ahead
        ended.abort();
        current = null;
      }
    },
    async act(positions, action) {
      if (action.action === 'leave' || positions.length === 0) return;
      await beside(actions[action.action], (signal) => protocol.act(positions, action, signal));
    },
    hint: (hint) => current?.hint?.(hint),
    async fetch(position) {
      const doing = 'give a message';
      const answer = await beside(doing, (signal) => protocol.fetch(position, signal));
      return refetched(answer, position, limits, (error) => problemOf(error, doing));
    },
    explain: (error) => protocol.explain(error),
    ...(protocol.starttls && { starttls: protocol.starttls }),
    inspect: (signal) =>
      beside('open the mailbox', protocol.inspect, signal && AbortSignal.any([signal, closing.signal])),
    ...(protocol.forget && { forget: () => beside('end what was set up', protocol.forget as Work<void>) }),
    async close() {
      closing.abort();
      await protocol.close();
    },
  };
}

type Work<T> = (signal: AbortSignal) => Promise<T>;

async function attempt<T>(
  work: Work<T>,
  signal: AbortSignal,
  explain: (error: unknown) => Problem,
): Promise<T> {
  try {
    signal.throwIfAborted();
    return await work(signal);
  } catch (error) {
    throw explain(error);
  }
}

/** A message fetched out of turn moves nothing forward. Throws why it cannot be had; null when it is gone. */
function refetched(
  answer: Answer,
  position: Position,
  limits: Limits,
  explain: (error: unknown) => Problem,
): Extract<SourceEvent, { kind: 'message' }> | null {
  if (answer.kind === 'given') {
    const { receivedAt, size } = answer;
    const raw = bytesOf(answer, position, limits, { isWanted: () => true, explain });
    return { kind: 'message', position, receivedAt, size, raw, cursor: '', remaining: 0 };
  }
  const problem = whyUnreadable(answer, position, limits);
  if (problem) throw problem;
  return null;
}

/**
 * Reads all folders, then (where `reconcileMs` says how often) what arrives: a folder in which something arrived is
 * looked at alone, all are looked at every so many milliseconds, whatever the server told. `caught-up`
 * comes after each look.
 */
async function* readMailbox<Folder extends NamedFolder>(
  reading: Reading<Folder>,
  reader: FolderReader<Folder>,
  reconcileMs: number | null,
  signal: AbortSignal,
): AsyncGenerator<SourceEvent> {
  let reconcileAt = 0;
  for (let arrivedIn: Folder | null = null; ; ) {
    yield* readFolders(reading, reader, arrivedIn);
    yield { kind: 'caught-up', cursor: reading.cursor() };
    if (reconcileMs === null) return;
    if (!arrivedIn) reconcileAt = Date.now() + reconcileMs;
    arrivedIn = await reading.wait(Math.max(0, reconcileAt - Date.now()));
    signal.throwIfAborted();
    if (Date.now() >= reconcileAt) arrivedIn = null;
  }
}

/** Reads one folder, or every one; one that cannot be listed stops the reading only after the others were read. */
async function* readFolders<Folder extends NamedFolder>(
  reading: Reading<Folder>,
  reader: FolderReader<Folder>,
  only: Folder | null,
): AsyncGenerator<SourceEvent> {
  const { folders, missing } = only ? { folders: [only], missing: null } : await reading.folders();
  let unlisted = missing;
  try {
    for (const folder of folders)
      try {
        yield* reader.read(folder);
      } catch (error) {
        if (!(error instanceof FolderUnlisted)) throw error;
        unlisted ??= error.problem;
      }
  } finally {
    reading.endLook?.();
  }
  if (unlisted) throw unlisted;
}
