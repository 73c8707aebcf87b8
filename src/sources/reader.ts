import type { Position } from '../model/message.ts';
import type { Problem } from '../model/problem.ts';
import { createSuspects } from './blame.ts';
import { FolderReader } from './folder-reader.ts';
import { readMailbox } from './mailbox-reader.ts';
import { bytesOf, type Limits, whyUnreadable } from './message-bytes.ts';
import { messageEvent } from './message-event.ts';
import { stopped } from './message-problems.ts';
import type { Answer, MailboxProtocol, NamedFolder, Reading } from './protocol.ts';
import type { MailSource, SourceEvent, SourceParts } from './source.ts';

const actions = { 'mark-read': 'mark messages as read', move: 'move messages', delete: 'delete messages' };

/** A mailbox over any protocol. Opens no connection yet. */
export function createSource<Folder extends NamedFolder>(
  protocol: MailboxProtocol<Folder>,
  {
    server,
    options: { maxMessageBytes, reconcileSeconds },
    known,
  }: Pick<SourceParts, 'server' | 'options' | 'known'>,
): MailSource {
  const limits = { server, maxMessageBytes };
  const closing = new AbortController();
  const suspects = createSuspects();
  let current: Reading<Folder> | null = null;

  const problemOf = (error: unknown, doing: string, { aborted } = closing.signal): Problem =>
    aborted ? stopped(server) : protocol.explain(error, doing);

  /** Does something beside the reading, until the source is closed. */
  const beside = <T>(doing: string, work: Work<T>, signal = closing.signal): Promise<T> =>
    attempt(work, signal, (error) => problemOf(error, doing, signal));

  return {
    async *messages(cursor, { watch, signal: callerSignal, auditedAt }) {
      const ended = new AbortController();
      const signal = AbortSignal.any([callerSignal, closing.signal, ended.signal]);
      if (signal.aborted) return;
      let explain = protocol.explain;
      let reading: Reading<Folder> | null = null;
      try {
        reading = await protocol.begin(cursor, { watch, signal });
        current = reading;
        explain = reading.explain ?? explain;
        const reader = new FolderReader({ reading, explain, limits, suspects, known, signal });
        const reconcileMs = watch ? reconcileSeconds * 1000 : null;
        yield* readMailbox({ server, reading, reader, known, explain, signal }, { reconcileMs, auditedAt });
      } catch (error) {
        if (!signal.aborted) throw explain(error);
      } finally {
        await reading?.end?.();
        // Ends what was asked for ahead
        ended.abort();
        current = null;
      }
    },
    ...onServer(protocol, beside),
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
    async close() {
      closing.abort();
      await protocol.close();
    },
  };
}

type Beside = <T>(doing: string, work: Work<T>) => Promise<T>;

/** What is done on the server with messages, and asked of it, beside the reading. */
function onServer(
  protocol: Pick<MailboxProtocol<NamedFolder>, 'act' | 'stillThere' | 'forget'>,
  beside: Beside,
): Pick<MailSource, 'act' | 'stillThere' | 'forget'> {
  const { forget } = protocol;
  return {
    async act(positions, action) {
      if (action.action === 'leave' || positions.length === 0)
        return { done: positions, removed: [], refused: [] };
      return beside(actions[action.action], (signal) => protocol.act(positions, action, signal));
    },
    async stillThere(positions) {
      if (positions.length === 0) return [];
      return beside('look for messages', (signal) => protocol.stillThere(positions, signal));
    },
    ...(forget && { forget: () => beside('end what was set up', forget) }),
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

/**
 * A message fetched out of turn moves nothing forward. Throws why it cannot be had; null when the mailbox itself says
 * that it is gone.
 */
function refetched(
  answer: Answer,
  position: Position,
  limits: Limits,
  explain: (error: unknown) => Problem,
): Extract<SourceEvent, { kind: 'message' }> | null {
  if (answer.kind === 'given') {
    const raw = bytesOf(answer, position, limits, { isWanted: () => true, explain });
    const entry = { position, receivedAt: null, size: null };
    return messageEvent(answer, entry, { raw, cursor: '', remaining: 0 });
  }
  if (answer.kind === 'refused') throw answer.problem;
  const problem = whyUnreadable(answer, position, limits);
  if (problem) throw problem;
  return null;
}
