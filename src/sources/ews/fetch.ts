import { sleep } from '../../concurrency/sleep.ts';
import type { Position } from '../../model/message.ts';
import { XmlError } from '../../network/xml.ts';
import { find } from '../../network/xml-element.ts';
import { mayBeOfMessage, speaksAgainstServer } from '../blame.ts';
import { absent } from '../message-problems.ts';
import { type Answer, type Entry, type Fetched, tries } from '../protocol.ts';
import type { EwsClient } from './client.ts';
import { explain } from './explain.ts';
import { type Arrival, readFacts } from './listing.ts';
import { type Content, readMimeAnswer } from './mime-answer.ts';
import { getMime, getProperties } from './operations.ts';
import { isGone, Refusal } from './refusal.ts';

/** Messages up to this size are held whole. */
const heldBytes = 1024 * 1024;
/** As Microsoft recommends (Mailbox synchronization and EWS in Exchange, Synchronization best practices). */
const batchItems = 10;
const batchBytes = 4 * heldBytes;

/**
 * The messages as MIME, in the order given: small ones some at a time, a large one alone. One that is refused is asked
 * for alone before those behind it.
 */
export async function* fetchMessages(
  client: EwsClient,
  entries: readonly Entry[],
  signal: AbortSignal,
): AsyncGenerator<Fetched> {
  let refusals = 0;
  for (let at = 0; at < entries.length; ) {
    if (refusals > 0) await sleep(200 * refusals, signal);
    const batch = refusals > 0 ? entries.slice(at, at + 1) : batchFrom(entries, at);
    for await (const fetched of fetchBatch(client, batch, signal)) {
      const isVain = fetched.kind === 'refused' || fetched.kind === 'absent';
      if (isVain && ++refusals < tries) break;
      refusals = 0;
      at++;
      yield fetched;
    }
  }
}

function batchFrom(entries: readonly Entry[], start: number): readonly Entry[] {
  let end = start;
  for (let bytes = 0; end < entries.length && end - start < batchItems; end++) {
    const size = entries[end]?.size ?? 0;
    bytes += size;
    if (end > start && (bytes > batchBytes || size > heldBytes)) break;
  }
  return entries.slice(start, end);
}

/** Throws the Refusal of what concerns more than one message: a busy server, a mailbox that is closed to us. */
async function* fetchBatch(
  client: EwsClient,
  batch: readonly Entry[],
  signal: AbortSignal,
): AsyncGenerator<Fetched> {
  const answer = await client.open(getMime(batch.map(({ position }) => position.uid)), signal);
  let answered = 0;
  try {
    for await (const item of readMimeAnswer(answer.tokens)) {
      const entry = batch[answered++];
      if (!entry) throw new XmlError('more items than were asked for');
      if ('content' in item) yield { entry, ...(await given(entry, item.content)) };
      else yield { entry, ...notGiven(client, entry, item.refusal) };
    }
    if (answered < batch.length) throw new XmlError('fewer items than were asked for');
  } finally {
    answer.destroy();
  }
}

/** Throws what concerns more than this message. */
function notGiven({ server }: EwsClient, { receivedAt }: Entry, refusal: Refusal): Answer {
  if (isGone(refusal)) return { kind: 'absent', receivedAt, problem: absent(server, refusal.message) };
  const problem = explain(refusal, server, 'give a message');
  if (!mayBeOfMessage(problem) || speaksAgainstServer(problem)) throw refusal;
  return { kind: 'refused', receivedAt, problem };
}

async function given(entry: Entry, content: Content): Promise<Answer> {
  const pieces: Buffer[] = [];
  let size = 0;
  let isWhole = false;
  while (!isWhole && size < heldBytes) {
    const piece = await content();
    isWhole = piece === null;
    if (piece) pieces.push(piece);
    size += piece?.length ?? 0;
  }
  return {
    kind: 'given',
    receivedAt: entry.receivedAt,
    size: isWhole ? size : Math.max(entry.size ?? 0, size),
    first: Buffer.concat(pieces),
    rest: isWhole ? null : restOf(content),
  };
}

async function* restOf(content: Content): AsyncGenerator<Uint8Array> {
  for (let piece = await content(); piece; piece = await content()) yield piece;
}

/** One message again. Its bytes are asked for when their reading begins. */
export async function refetchMessage(
  client: EwsClient,
  position: Position,
  maxMessageBytes: number,
  signal: AbortSignal,
): Promise<Answer> {
  // Exchange's ids never change meaning; positions with a validity are from another protocol
  if (position.validity !== '') return { kind: 'gone' };
  const arrival = await findArrival(client, position.uid, signal);
  if (!arrival) return { kind: 'gone' };
  const { receivedAt, size } = arrival;
  if (size > maxMessageBytes) return { kind: 'too-large', receivedAt, size };
  return { kind: 'given', receivedAt, size, first: new Uint8Array(), rest: bytes() };

  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const fetched of fetchMessages(client, [{ position, receivedAt, size }], signal)) {
      if (fetched.kind !== 'given') {
        throw fetched.kind === 'refused' ? fetched.problem : absent(client.server, 'it is no longer there');
      }
      yield fetched.first;
      if (fetched.rest) yield* fetched.rest;
    }
  }
}

async function findArrival(client: EwsClient, id: string, signal: AbortSignal): Promise<Arrival | null> {
  const fields = ['item:DateTimeReceived', 'item:DateTimeCreated', 'item:Size'];
  try {
    const { message } = await client.askOne(getProperties([id], ...fields), signal);
    const item = find(message, 'Items')?.children[0];
    return item ? { id, ...readFacts(item) } : null;
  } catch (error) {
    if (error instanceof Refusal && isGone(error)) return null;
    throw error;
  }
}
