import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { readAhead } from '../../concurrency/read-ahead.ts';
import { sleep } from '../../concurrency/sleep.ts';
import type { Instant } from '../../model/mail-server.ts';
import { isBeforeStart } from '../../model/mail-server.ts';
import { Problem } from '../../model/problem.ts';
import { Refusal } from '../../network/graph.ts';
import { mayBeOfMessage, speaksAgainstServer } from '../blame.ts';
import { absent } from '../message-problems.ts';
import { type Answer, type Entry, type Fetched, tries } from '../protocol.ts';
import type { GraphClient } from './client.ts';
import { explain } from './explain.ts';
import { refused } from './problems.ts';
import { isGone } from './refusal.ts';

/** Messages under way at once; the fourth request that Outlook serves is left to actions. */
const ahead = 3;
/** Messages up to this size are held whole; of larger ones, this much. */
const heldBytes = 1024 * 1024;

/** The messages as MIME, in the order given; some are under way at once. */
export async function* fetchMessages(
  client: GraphClient,
  entries: readonly Entry[],
  maxMessageBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Fetched> {
  async function begin({ position: { uid }, receivedAt }: Entry): Promise<Download> {
    try {
      const received = receivedAt ?? (await findReceived(client, uid, signal));
      if (received === null) return notFound(client);
      if (isBeforeStart(client.server, received)) return { kind: 'too-old' };
      return await fetchMessage(client, uid, received, maxMessageBytes, signal);
    } catch (error) {
      const problem = explain(error, client.server, 'give a message');
      if (signal.aborted || !mayBeOfMessage(problem) || speaksAgainstServer(problem)) throw error;
      return { kind: 'refused', receivedAt, problem };
    }
  }

  for await (const [entry, answer] of readAhead(entries, begin, ahead))
    try {
      yield { entry, ...answer };
    } finally {
      if (answer.kind === 'given') answer.rest?.destroy();
    }
}

/** As asking for the MIME source of a message ends: nothing is open but the `rest` of one that is given. */
type Download =
  | Exclude<Answer, { kind: 'given' }>
  | (Extract<Answer, { kind: 'given' }> & { rest: Rest | null });

/** What comes after the first bytes. It must be destroyed if it is not read to its end. */
interface Rest extends AsyncIterable<Uint8Array> {
  destroy(): void;
}

/**
 * Asks for a message. Where the gateway runs out of time or the connection breaks, it is asked again. It is told as
 * refused where the mailbox itself answers. Throws what stands in the way of all messages.
 */
export async function fetchMessage(
  client: GraphClient,
  id: string,
  receivedAt: Instant,
  maxMessageBytes: number,
  signal: AbortSignal,
): Promise<Download> {
  let problem: Problem | null = null;
  for (let attempt = 1; attempt <= tries; attempt++) {
    if (attempt > 1) await sleep(pauseBefore(attempt), signal);
    signal.throwIfAborted();
    try {
      return await download(client, id, receivedAt, maxMessageBytes, signal);
    } catch (error) {
      if (isGone(error)) return notFound(client, receivedAt);
      problem = explain(error, client.server, 'give a message');
      if (signal.aborted || !mayBeOfMessage(problem)) throw error;
      if (problem.kind !== 'unavailable' && error instanceof Refusal) break;
    }
  }
  // Throws where the mailbox itself does not answer
  const isThere = (await findReceived(client, id, signal)) !== null;
  return isThere && problem ? { kind: 'refused', receivedAt, problem } : notFound(client, receivedAt);
}

/** Graph says so for a moment of messages that it lists, too. */
function notFound({ server }: GraphClient, receivedAt: Instant | null = null): Download {
  return { kind: 'absent', receivedAt, problem: absent(server, '') };
}

/** Milliseconds. */
function pauseBefore(attempt: number): number {
  return 250 * (attempt - 1) ** 2;
}

/** Where a message is had, in whatever folder it lies. */
function pathOf(client: GraphClient, id: string): string {
  return `${client.mailbox}/messages/${encodeURIComponent(id)}`;
}

/** When a message was received (now, where that is not told); null when it is not there. */
export async function findReceived(
  client: GraphClient,
  id: string,
  signal: AbortSignal,
): Promise<Instant | null> {
  try {
    const target = `${pathOf(client, id)}?$select=receivedDateTime`;
    const received = Date.parse(String((await client.get(target, { signal })).receivedDateTime));
    return new Date(Number.isNaN(received) ? Date.now() : received).toISOString();
  } catch (error) {
    if (!isGone(error)) throw error;
    return null;
  }
}

async function download(
  client: GraphClient,
  id: string,
  receivedAt: Instant,
  maxMessageBytes: number,
  signal: AbortSignal,
): Promise<Download> {
  const { headers, body } = await client.open(`${pathOf(client, id)}/$value`, signal);
  // Not announced as a rule: Graph sends in chunks
  const size = Number(headers['content-length'] ?? 0);
  if (size > maxMessageBytes) {
    body.destroy();
    return { kind: 'too-large', receivedAt, size };
  }
  const chunks: Buffer[] = [];
  let held = 0;
  // `destroyOnReturn: false` leaves the rest to whoever reads on
  for await (const chunk of body.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk);
    held += chunk.length;
    if (held >= heldBytes) break;
  }
  const first = Buffer.concat(chunks);
  const rest = held >= heldBytes ? restOf(client, id, first, body, signal) : null;
  return { kind: 'given', receivedAt, size: Math.max(size, first.length), first, rest };
}

/** Whether another try, or another message, may go well: not where the mailbox is closed to us, or we are throttled. */
function isAboutRequest(error: unknown): boolean {
  if (error instanceof Problem) return error.kind === 'unavailable';
  if (!(error instanceof Refusal)) return true;
  return ![403, 404].includes(error.status);
}

/**
 * The rest of a message, in bounded memory. Where the connection breaks, it is asked for again, and what was given of
 * it already is passed over once it has been found the same: Graph documents no ranges, and makes the source
 * anew each time. Throws when it cannot be had to its end.
 */
function restOf(client: GraphClient, id: string, first: Buffer, begun: Readable, signal: AbortSignal): Rest {
  let body: Readable | null = begun;
  return {
    destroy: () => void body?.destroy(),
    async *[Symbol.asyncIterator]() {
      const given = createHash('sha256').update(first);
      let offset = first.length;
      for (let failures = 0; ; ) {
        try {
          body ??= (await client.open(`${pathOf(client, id)}/$value`, signal)).body;
          const chunks: AsyncIterable<Buffer> =
            body === begun ? body : behind(client, id, body, offset, given.copy().digest());
          for await (const chunk of chunks) {
            offset += chunk.length;
            given.update(chunk);
            failures = 0;
            yield chunk;
          }
          return;
        } catch (error) {
          body?.destroy();
          body = null;
          if (signal.aborted || !isAboutRequest(error) || ++failures === tries) throw error;
          await sleep(pauseBefore(failures + 1), signal);
        }
      }
    },
  };
}

/** What comes after so many bytes, which must be those that `digest` stands for. */
async function* behind(
  { server }: GraphClient,
  id: string,
  again: Readable,
  start: number,
  digest: Buffer,
): AsyncGenerator<Buffer> {
  const different = () => refused(server, `give message ${id} twice in the same form`, '');
  const passed = createHash('sha256');
  let left = start;
  for await (const chunk of again as AsyncIterable<Buffer>) {
    const known = chunk.subarray(0, left);
    if (left > 0) {
      passed.update(known);
      left -= known.length;
      if (left === 0 && !passed.digest().equals(digest)) throw different();
    }
    if (known.length < chunk.length) yield chunk.subarray(known.length);
  }
  if (left > 0) throw different();
}
