import type { MailServer } from '../model/mail-server.ts';
import type { Position } from '../model/message.ts';
import type { Problem } from '../model/problem.ts';
import type { Blame } from './blame.ts';
import { stopped, tooLarge, unreadable } from './message-problems.ts';
import { type Answer, type Entry, type Fetched, type NamedFolder, type Reading, tries } from './protocol.ts';
import type { SourceEvent } from './source.ts';
import { isBeforeStart } from './start.ts';

/** What may be taken of a mailbox. */
export interface Limits {
  server: MailServer;
  maxMessageBytes: number;
}

/** A reading under way. */
export interface ReadingState<Folder extends NamedFolder> extends Limits {
  reading: Reading<Folder>;
  blame: Blame;
  signal: AbortSignal;
  /** The message whose bytes may be read now. */
  current: Entry | null;
  /** Why its bytes broke off. */
  failure: Problem | null;
  /** Why the folder at hand could not be listed, where that concerns no other. */
  folderProblem: Problem | null;
}

type MessageOrUnreadable = Exclude<SourceEvent, { kind: 'caught-up' }>;

/**
 * Yields what came into a folder since the place reached in it. Throws a Problem when the server is out of reach, or
 * when a large message could not be read to its end: it is read again from there.
 */
export async function* readFolder<Folder extends NamedFolder>(
  state: ReadingState<Folder>,
  folder: Folder,
): AsyncGenerator<MessageOrUnreadable> {
  for await (const { entries, behind } of listed(state, folder)) {
    let remaining = entries.length + behind;
    for (const run of runsOf(state, entries)) {
      remaining -= run.length;
      yield* readRun(state, folder, run, remaining);
    }
  }
}

async function* listed<Folder extends NamedFolder>(state: ReadingState<Folder>, folder: Folder) {
  try {
    yield* state.reading.list(folder);
  } catch (error) {
    const problem = state.reading.explain(error, 'list the folder', folder.name);
    if (problem.kind === 'folder') state.folderProblem = problem;
    throw problem;
  }
}

/** Messages that are asked for together: what is suspect, or need not be asked for at all, stands alone. */
function* runsOf<Folder extends NamedFolder>(
  { blame, maxMessageBytes }: ReadingState<Folder>,
  entries: readonly Entry[],
): Generator<readonly Entry[]> {
  let run: Entry[] = [];
  for (const entry of entries) {
    const isAlone = blame.isSuspect(entry.position) || (entry.size ?? 0) > maxMessageBytes;
    if (isAlone && run.length > 0) {
      yield run;
      run = [];
    }
    if (isAlone) yield [entry];
    else run.push(entry);
  }
  if (run.length > 0) yield run;
}

async function* readRun<Folder extends NamedFolder>(
  state: ReadingState<Folder>,
  folder: Folder,
  run: readonly Entry[],
  behind: number,
): AsyncGenerator<MessageOrUnreadable> {
  const { reading, signal } = state;
  const hopeless = unreadableUnasked(state, run);
  if (hopeless) return yield hopeless;
  const waiting = new Set(run);
  try {
    for await (const fetched of reading.fetch(run, folder)) {
      signal.throwIfAborted();
      waiting.delete(fetched.entry);
      const event = eventOf(state, fetched, behind + waiting.size);
      if (!event) continue;
      state.current = fetched.entry;
      yield event;
      state.current = null;
      // Whoever goes on after this would store a cursor that covers what was not read
      if (state.failure) throw state.failure;
    }
  } catch (error) {
    const problem = reading.explain(error, 'give messages', folder.name);
    const [first] = waiting;
    if (first && problem !== state.failure) stoppedAt(state, first, problem);
    throw problem;
  }
}

function stoppedAt<Folder extends NamedFolder>(
  { blame, signal }: ReadingState<Folder>,
  { position }: Entry,
  problem: Problem,
): void {
  if (!signal.aborted) blame.stoppedAt(position, problem);
}

/** A message that is not asked for at all: given up, or announced as too large. */
function unreadableUnasked<Folder extends NamedFolder>(
  state: ReadingState<Folder>,
  [entry, ...others]: readonly Entry[],
): MessageOrUnreadable | null {
  if (!entry || others.length > 0) return null;
  const { position, receivedAt, size } = entry;
  const isTooLarge = size !== null && size > state.maxMessageBytes;
  const problem =
    state.blame.givenUp(position) ??
    (isTooLarge ? problemOf({ kind: 'too-large', receivedAt, size }, position, state) : null);
  return problem && unreadableEvent(state, entry, receivedAt, problem);
}

function eventOf<Folder extends NamedFolder>(
  state: ReadingState<Folder>,
  fetched: Fetched,
  remaining: number,
): MessageOrUnreadable | null {
  const { reading, server } = state;
  const { entry, kind } = fetched;
  const { position } = entry;
  if (kind === 'given' && !isBeforeStart(server, fetched.receivedAt)) {
    reading.advance(entry, 'taken');
    const { receivedAt, size } = fetched;
    const raw = bytesOf(fetched, position, state, {
      isWanted: () => state.current === entry,
      explain: (error) => brokenOff(state, entry, error),
    });
    return { kind: 'message', position, receivedAt, size, raw, cursor: reading.cursor(), remaining };
  }
  const problem = problemOf(fetched, position, state);
  if (problem && 'receivedAt' in fetched)
    return unreadableEvent(state, entry, fetched.receivedAt ?? entry.receivedAt, problem);
  reading.advance(entry, kind === 'gone' ? 'gone' : 'too-old');
  return null;
}

function unreadableEvent<Folder extends NamedFolder>(
  { reading }: ReadingState<Folder>,
  entry: Entry,
  receivedAt: string | null,
  problem: Problem,
): MessageOrUnreadable {
  reading.advance(entry, 'unreadable');
  const { position } = entry;
  return { kind: 'unreadable', position, receivedAt, problem, cursor: reading.cursor() };
}

/** What to say of a message that broke off; it is remembered as one at which the reading stopped. */
function brokenOff<Folder extends NamedFolder>(
  state: ReadingState<Folder>,
  entry: Entry,
  error: unknown,
): Problem {
  const { reading, server, signal } = state;
  const problem = signal.aborted ? stopped(server) : reading.explain(error, 'give a message');
  stoppedAt(state, entry, problem);
  // Reading on does help, even if this message stays behind
  state.failure = problem.retriable();
  return state.failure;
}

/** Why the server has a message and does not give it; null where that is not so. */
export function problemOf(
  answer: Answer,
  position: Position,
  { server, maxMessageBytes }: Limits,
): Problem | null {
  if (answer.kind === 'refused') return unreadable(server, position, tries, answer.said);
  if (answer.kind === 'too-large') return tooLarge(server, position, answer.size, maxMessageBytes);
  return null;
}

/**
 * The bytes of a message as they come. The announced size may be an estimate; what goes on beyond the limit is not.
 * Throws what `explain` makes of an error; `stopped` when it is not wanted any more, so that nobody takes a half for
 * the whole.
 */
export async function* bytesOf(
  { first, rest }: Extract<Answer, { kind: 'given' }>,
  position: Position,
  { server, maxMessageBytes }: Limits,
  { isWanted, explain }: { isWanted: () => boolean; explain: (error: unknown) => Problem },
): AsyncGenerator<Uint8Array> {
  yield first;
  if (rest === null) return;
  if (!isWanted()) throw stopped(server);
  let length = first.length;
  try {
    for await (const piece of rest) {
      length += piece.length;
      if (length > maxMessageBytes) throw tooLarge(server, position, length, maxMessageBytes);
      yield piece;
      if (!isWanted()) break;
    }
  } catch (error) {
    throw explain(error);
  }
  if (!isWanted()) throw stopped(server);
}
