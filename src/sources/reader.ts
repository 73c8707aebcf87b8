import { createBlame } from './blame.ts';
import { bytesOf, problemOf, type ReadingState, readFolder } from './folder-reader.ts';
import { stopped } from './message-problems.ts';
import type { MailboxProtocol, NamedFolder, Reading } from './protocol.ts';
import type { MailSource, SourceEvent, SourceParts } from './source.ts';

const actions = { 'mark-read': 'mark messages as read', move: 'move messages', delete: 'delete messages' };

/** A mailbox over any protocol. Opens no connection yet. */
export function createSource<Folder extends NamedFolder>(
  protocol: MailboxProtocol<Folder>,
  { server, options: { maxMessageBytes, reconcileSeconds } }: Pick<SourceParts, 'server' | 'options'>,
): MailSource {
  const closing = new AbortController();
  const blame = createBlame(server);
  let current: Reading<Folder> | null = null;

  /** Does something beside the reading, until the source is closed. */
  async function beside<T>(
    doing: string,
    work: (signal: AbortSignal) => Promise<T>,
    more?: AbortSignal,
  ): Promise<T> {
    const signal = more ? AbortSignal.any([closing.signal, more]) : closing.signal;
    try {
      signal.throwIfAborted();
      return await work(signal);
    } catch (error) {
      throw signal.aborted ? stopped(server) : protocol.explain(error, doing);
    }
  }

  return {
    async *messages(cursor, { watch, signal: callerSignal }) {
      const ended = new AbortController();
      const signal = AbortSignal.any([callerSignal, closing.signal, ended.signal]);
      if (signal.aborted) return;
      let reading: Reading<Folder> | null = null;
      try {
        reading = await protocol.begin(cursor, { watch, signal });
        current = reading;
        const limits = { server, maxMessageBytes };
        const progress = { current: null, failure: null, folderProblem: null };
        yield* readMailbox(
          { ...limits, ...progress, reading, blame, signal },
          watch ? reconcileSeconds * 1000 : null,
        );
      } catch (error) {
        if (!signal.aborted) throw (reading ?? protocol).explain(error);
      } finally {
        await reading?.end();
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
      const answer = await beside('give a message', (signal) => protocol.fetch(position, signal));
      const limits = { server, maxMessageBytes };
      if (answer.kind !== 'given') {
        const problem = problemOf(answer, position, limits);
        if (problem) throw problem;
        return null;
      }
      const { receivedAt, size } = answer;
      const raw = bytesOf(answer, position, limits, {
        isWanted: () => true,
        explain: (error) =>
          closing.signal.aborted ? stopped(server) : protocol.explain(error, 'give a message'),
      });
      // A message fetched out of turn moves nothing forward
      return { kind: 'message', position, receivedAt, size, raw, cursor: '', remaining: 0 };
    },

    explain: (error) => protocol.explain(error),

    inspect: (signal) => beside('open the mailbox', (either) => protocol.inspect(either), signal),

    async close() {
      closing.abort();
      await protocol.close();
    },
  };
}

/**
 * Reads all folders, then (where `reconcileMs` says how often) what arrives: a folder in which something arrived is
 * looked at alone, all are looked at every so many milliseconds, whatever the server told (P20, P34). `caught-up`
 * comes after each look.
 */
async function* readMailbox<Folder extends NamedFolder>(
  state: ReadingState<Folder>,
  reconcileMs: number | null,
): AsyncGenerator<SourceEvent> {
  const { reading, signal } = state;
  let reconcileAt = 0;
  for (let arrivedIn: Folder | null = null; ; ) {
    if (arrivedIn) yield* readFolder(state, arrivedIn);
    else yield* readFolders(state);
    yield { kind: 'caught-up', cursor: reading.cursor() };
    if (reconcileMs === null) return;
    if (!arrivedIn) reconcileAt = Date.now() + reconcileMs;
    arrivedIn = await reading.wait(Math.max(0, reconcileAt - Date.now()));
    signal.throwIfAborted();
    if (Date.now() >= reconcileAt) arrivedIn = null;
  }
}

/** Reads every folder; one that cannot be listed stops the reading only after the others were read. */
async function* readFolders<Folder extends NamedFolder>(
  state: ReadingState<Folder>,
): AsyncGenerator<SourceEvent> {
  const { reading } = state;
  const { folders, missing } = await reading.folders();
  let unlisted = missing;
  try {
    for (const folder of folders)
      try {
        yield* readFolder(state, folder);
      } catch (error) {
        if (error !== state.folderProblem) throw error;
        unlisted ??= state.folderProblem;
      }
  } finally {
    reading.endLook?.();
  }
  if (unlisted) throw unlisted;
}
