import type { Position } from '../../model/message.ts';
import { type Trust, trustFor } from '../../network/trust.ts';
import type { Answer } from '../protocol.ts';
import { createSource } from '../reader.ts';
import type { Inspection, MailSource, SourceParts } from '../source.ts';
import { explain } from './explain.ts';
import { restInTurn, retrieve } from './fetch.ts';
import { listSizes } from './listing.ts';
import { Maildrop } from './maildrop.ts';
import { cannotBeDone } from './problems.ts';
import { Pop3Reading } from './reading.ts';
import { openSession } from './session.ts';
import { askStore, positionOf } from './unread.ts';

/**
 * A mailbox over POP3 (RFC 1939) with OAuth 2.0 (RFC 5034), always encrypted (RFC 2595). The maildrop is locked by
 * whoever has it open, so one session at a time serves reading and deleting. Which messages were read, the store
 * is asked: POP3 has nothing that orders them. See docs/pop3.md for what that means to an administrator.
 */
export function createPop3Source(parts: Omit<SourceParts, 'notifications'>): MailSource {
  const { server, tokens, options, known, log } = parts;
  const { maxMessageBytes } = options;
  const closing = new AbortController();
  const findStored = askStore(known);
  const memory = { tooOld: new Set<string>(), toldAgain: new Set<string>() };
  let trust: Trust | undefined;
  const open = async (signal: AbortSignal) => {
    trust ??= trustFor(server);
    return openSession({ server, tokens, log, trust }, signal);
  };
  const maildrop = new Maildrop({ server, open, findStored, log, closing: closing.signal });

  return createSource(
    {
      begin: async (cursor, how) => new Pop3Reading({ server, maildrop, findStored, memory }, cursor, how),
      fetch: (position, signal) => refetchMessage(maildrop, position, maxMessageBytes, signal),
      async act(positions, { action }) {
        if (action !== 'delete') throw cannotBeDone(server, action);
        const { removed, refused } = await maildrop.delete(positions.map(({ uid }) => uid));
        return {
          done: positions.filter(({ uid }) => !refused.has(uid)),
          removed: positions.filter(({ uid }) => removed.has(uid)),
          refused: positions.flatMap((position) => {
            const problem = refused.get(position.uid);
            return problem ? [{ position, problem }] : [];
          }),
        };
      },
      async stillThere(positions, signal) {
        const { session, leave } = await maildrop.enter(signal);
        leave();
        return positions.filter(({ uid }) => session.listing.numbers.has(uid));
      },
      inspect: (signal) => inspectMaildrop(maildrop, signal),
      // RFC 2595 4
      starttls: { command: 'STLS', passedOver: /^$/, agreement: /^\+OK\b/i },
      explain: (error, command = 'do this') => explain(error, server, { command }),
      close() {
        closing.abort();
        maildrop.close();
      },
    },
    parts,
  );
}

/** One message again, by its position. The session is the message's alone until its bytes were read. */
async function refetchMessage(
  maildrop: Maildrop,
  { folder, validity, uid }: Position,
  maxMessageBytes: number,
  signal: AbortSignal,
): Promise<Answer> {
  const place = positionOf(uid);
  if (folder !== place.folder || validity !== place.validity) return { kind: 'gone' };
  const turn = await maildrop.enter(signal);
  const { session } = turn;
  let isStreamed = false;
  try {
    const number = session.listing.numbers.get(uid);
    if (number === undefined) return { kind: 'gone' };
    const size = (await listSizes(session.connection)).get(number) ?? 0;
    if (size > maxMessageBytes) return { kind: 'too-large', receivedAt: null, size };
    const answer = await retrieve(session, uid, size);
    if (answer.kind !== 'given' || answer.rest === null) return answer;
    isStreamed = true;
    return { ...answer, rest: restInTurn(turn, answer.rest) };
  } catch (error) {
    throw session.explain(error, 'give a message');
  } finally {
    if (!isStreamed) turn.leave();
  }
}

/** Signs in and counts the messages: a session cannot be opened without that. */
async function inspectMaildrop(maildrop: Maildrop, signal: AbortSignal): Promise<Inspection> {
  const { session, leave } = await maildrop.enter(signal);
  const { listing, capabilities } = session;
  leave();
  await maildrop.ended();
  return {
    folder: 'INBOX',
    messages: listing.numbers.size,
    capabilities: [...capabilities.keys()],
    useful: ['UIDL', 'TOP'],
    tells: false,
    folders: null,
  };
}
