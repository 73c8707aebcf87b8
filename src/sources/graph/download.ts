import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '../../model/problem.ts';
import type { GraphClient } from './client.ts';
import { explain } from './explain.ts';
import { findReceived, pathOf } from './message.ts';
import { isGone, Refusal } from './refusal.ts';

/** How asking for the MIME source of a message ended. */
export type Download =
  | {
      kind: 'given';
      /** The whole message, or its beginning. */
      bytes: Buffer;
      /** What comes after `bytes`; null when they are the whole. */
      rest: Readable | null;
      /** As announced; 0 where it was not (Graph sends in chunks as a rule). */
      size: number;
    }
  | { kind: 'too-large'; size: number }
  /** Not given, also not when asked again, though the message is there. */
  | { kind: 'refused'; said: string }
  /** Moved to another mailbox or deleted meanwhile. */
  | { kind: 'gone' };

/** Messages up to this size are held whole; of larger ones, this much. */
const heldBytes = 1024 * 1024;
/** How often a message is asked for that cannot be had. */
export const tries = 3;

/**
 * Asks for a message. Where the gateway runs out of time or the connection breaks (P36), it is asked again, and told
 * as refused only when the server is well otherwise. Throws what stands in the way of all messages.
 */
export async function download(
  client: GraphClient,
  id: string,
  maxMessageBytes: number,
  signal: AbortSignal,
): Promise<Download> {
  let said = '';
  for (let attempt = 1; attempt <= tries; attempt++) {
    if (attempt > 1) await pause(restBefore(attempt), undefined, { signal });
    try {
      return await begin(client, id, maxMessageBytes, signal);
    } catch (error) {
      if (isGone(error)) return { kind: 'gone' };
      if (signal.aborted || !isAboutRequest(error)) throw error;
      said = saidBy(error, client);
    }
  }
  // The message is there and the server answers: so it is the message that cannot be had
  return (await findReceived(client, id, signal)) === null ? { kind: 'gone' } : { kind: 'refused', said };
}

/** Milliseconds. */
export function restBefore(attempt: number): number {
  return 250 * (attempt - 1) ** 2;
}

async function begin(
  client: GraphClient,
  id: string,
  maxMessageBytes: number,
  signal: AbortSignal,
): Promise<Download> {
  const { headers, body } = await client.open(`${pathOf(client, id)}/$value`, signal);
  const size = Number(headers['content-length'] ?? 0);
  if (size > maxMessageBytes) {
    body.destroy();
    return { kind: 'too-large', size };
  }
  const chunks: Buffer[] = [];
  let held = 0;
  // `destroyOnReturn: false` leaves the rest to whoever reads on
  for await (const chunk of body.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk);
    held += chunk.length;
    if (held >= heldBytes) return { kind: 'given', bytes: Buffer.concat(chunks), rest: body, size };
  }
  return { kind: 'given', bytes: Buffer.concat(chunks), rest: null, size };
}

/** Whether another try, or another message, may go well: not where the mailbox is closed to us, or we are throttled. */
export function isAboutRequest(error: unknown): boolean {
  if (error instanceof Problem) return error.kind === 'unavailable';
  if (!(error instanceof Refusal)) return true;
  return ![401, 403, 404].includes(error.status);
}

function saidBy(error: unknown, client: GraphClient): string {
  return error instanceof Refusal ? error.message : explain(error, client.server).title;
}
