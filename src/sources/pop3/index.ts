import { type Trust, trustFor } from '../../network/trust.ts';
import type { Cursor, MailSource, SourceEvent, SourceParts } from '../source.ts';
import { createTrials } from '../trials.ts';
import { openCursor } from './cursor.ts';
import { explain } from './explain.ts';
import { inspectMaildrop } from './inspect.ts';
import { createMaildrop } from './maildrop.ts';
import { cannotBeDone } from './problems.ts';
import { readMaildrop } from './reader.ts';
import { refetchMessage } from './refetch.ts';
import { openSession } from './session.ts';
import { askStore, createUnread } from './unread.ts';

/**
 * A mailbox over POP3 (RFC 1939) with OAuth 2.0 (RFC 5034), always encrypted (RFC 2595). The maildrop is locked by
 * whoever has it open, so one session at a time serves reading and deleting. Which messages were read, the store
 * is asked: POP3 has nothing that orders them. See docs/pop3.md for what that means to an administrator.
 */
export function createPop3Source({
  server,
  tokens,
  options,
  known,
  log,
}: Omit<SourceParts, 'notifications'>): MailSource {
  const closing = new AbortController();
  const trials = createTrials();
  const findStored = askStore(known);
  const memory = { tooOld: new Set<string>(), toldAgain: new Set<string>() };
  let trust: Trust | undefined;
  const maildrop = createMaildrop({
    server,
    open: async (signal) => {
      trust ??= trustFor(server);
      return openSession({ server, tokens, log, trust }, AbortSignal.any([signal, closing.signal]));
    },
    findStored,
    log,
    closing: closing.signal,
  });

  async function* messages(
    cursor: Cursor | null,
    { watch, signal: callerSignal }: { watch: boolean; signal: AbortSignal },
  ): AsyncGenerator<SourceEvent> {
    const signal = AbortSignal.any([callerSignal, closing.signal]);
    if (signal.aborted) return;
    const progress = openCursor(cursor);
    const unread = createUnread({ server, progress, findStored, memory });
    try {
      yield* readMaildrop({ server, maildrop, progress, unread, trials, options, signal }, watch);
    } catch (error) {
      if (!signal.aborted) throw explain(error, server);
    }
  }

  return {
    messages,
    async acknowledge(positions, action) {
      if (action.action === 'leave' || positions.length === 0) return;
      if (action.action !== 'delete') throw cannotBeDone(server, action.action);
      await maildrop.delete(positions.map(({ uid }) => uid));
    },
    explain: (error) => explain(error, server),
    fetch: (position) => refetchMessage(server, maildrop, position, options.maxMessageBytes),
    inspect: (signal = closing.signal) => inspectMaildrop(maildrop, signal),
    async close() {
      closing.abort();
      maildrop.close();
    },
  };
}
