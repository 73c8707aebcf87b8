import { setTimeout as pause } from 'node:timers/promises';
import type { EwsClient } from './client.ts';
import type { Arrival } from './listing.ts';
import { type Content, readMimeAnswer } from './mime-answer.ts';
import { getMime } from './operations.ts';
import { concernOf, isGone } from './refusal.ts';
import { XmlError } from './xml.ts';

/** How asking for one message ended. */
export type Fetched = { arrival: Arrival } & (
  | {
      kind: 'given';
      /** The message, or its first {@link heldBytes}. */
      first: Buffer;
      /** What follows; null when that was all. */
      rest: Content | null;
    }
  | { kind: 'too-large' }
  | { kind: 'refused'; said: string }
  /** Moved or deleted meanwhile. */
  | { kind: 'gone' }
);

/** How often a message is asked for that the server does not give. */
export const tries = 3;

/** Messages up to this size are held whole. */
const heldBytes = 1024 * 1024;
/** As Microsoft recommends (Mailbox synchronization and EWS in Exchange, Synchronization best practices). */
const batchItems = 10;
const batchBytes = 4 * heldBytes;

/**
 * The messages as MIME, in the order given: small ones some at a time, a large one alone. One that is refused is asked
 * for alone before those behind it; one that `isSuspect` is asked for alone from the start.
 */
export async function* fetchMessages(
  client: EwsClient,
  arrivals: readonly Arrival[],
  { maxMessageBytes, isSuspect }: { maxMessageBytes: number; isSuspect: (arrival: Arrival) => boolean },
  signal: AbortSignal,
): AsyncGenerator<Fetched> {
  let refusals = 0;
  for (let at = 0; at < arrivals.length; ) {
    const first = arrivals[at] as Arrival;
    if (first.size > maxMessageBytes) {
      at++;
      yield { kind: 'too-large', arrival: first };
      continue;
    }
    if (refusals > 0) await pause(200 * refusals, undefined, { signal });
    const isAlone = refusals > 0 || isSuspect(first);
    for await (const fetched of fetchBatch(client, isAlone ? [first] : batchFrom(arrivals, at), signal)) {
      if (fetched.kind === 'refused' && ++refusals < tries) break;
      refusals = 0;
      at++;
      yield fetched;
    }
  }

  function batchFrom(all: readonly Arrival[], start: number): Arrival[] {
    let end = start;
    for (let bytes = 0; end < all.length && end - start < batchItems; end++) {
      const next = all[end] as Arrival;
      bytes += next.size;
      if (end > start && (bytes > batchBytes || next.size > heldBytes || isSuspect(next))) break;
    }
    return all.slice(start, end);
  }
}

/** Throws the Refusal of what concerns more than one message: a busy server, a mailbox that is closed to us. */
async function* fetchBatch(
  client: EwsClient,
  batch: readonly Arrival[],
  signal: AbortSignal,
): AsyncGenerator<Fetched> {
  const answer = await client.open(getMime(batch.map(({ id }) => id)), signal);
  let answered = 0;
  try {
    for await (const item of readMimeAnswer(answer.tokens)) {
      const arrival = batch[answered++];
      if (!arrival) throw new XmlError('more items than were asked for');
      if ('content' in item) yield { kind: 'given', arrival, ...(await begin(item.content)) };
      else if (isGone(item.refusal)) yield { kind: 'gone', arrival };
      else if (concernOf(item.refusal) !== 'request') throw item.refusal;
      else yield { kind: 'refused', arrival, said: item.refusal.message };
    }
    if (answered < batch.length) throw new XmlError('fewer items than were asked for');
  } finally {
    answer.destroy();
  }
}

async function begin(content: Content): Promise<{ first: Buffer; rest: Content | null }> {
  const pieces: Buffer[] = [];
  for (let size = 0; size < heldBytes; ) {
    const piece = await content();
    if (piece === null) return { first: Buffer.concat(pieces), rest: null };
    pieces.push(piece);
    size += piece.length;
  }
  return { first: Buffer.concat(pieces), rest: content };
}
