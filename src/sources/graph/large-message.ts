import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Position } from '../../model/message.ts';
import { tooLarge } from '../message-problems.ts';
import type { GraphClient } from './client.ts';
import { type Download, isAboutRequest, restBefore, tries } from './download.ts';
import { pathOf } from './message.ts';
import { refused } from './problems.ts';

/**
 * A message to its end, in bounded memory. Where the connection breaks, it is asked for again, and what was given of
 * it already is passed over once it has been found the same (P36): Graph documents no ranges, and makes the source
 * anew each time. Throws when it cannot be had to its end.
 */
export async function* streamMessage(
  client: GraphClient,
  position: Position,
  { bytes, rest }: Extract<Download, { kind: 'given' }>,
  maxMessageBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const given = createHash('sha256').update(bytes);
  let offset = bytes.length;
  let body: Readable | null = rest;
  try {
    yield bytes;
    if (rest === null) return;
    for (let failures = 0; ; ) {
      try {
        const chunks: AsyncIterable<Buffer> = body ?? behind(await reopen(), offset, given.copy().digest());
        for await (const chunk of chunks) {
          offset += chunk.length;
          if (offset > maxMessageBytes) throw tooLarge(client.server, position, offset, maxMessageBytes);
          given.update(chunk);
          failures = 0;
          yield chunk;
        }
        return;
      } catch (error) {
        body?.destroy();
        body = null;
        if (signal.aborted || !isAboutRequest(error) || ++failures === tries) throw error;
        await pause(restBefore(failures + 1), undefined, { signal });
      }
    }
  } finally {
    body?.destroy();
  }

  async function reopen(): Promise<Readable> {
    return (await client.open(`${pathOf(client, position.uid)}/$value`, signal)).body;
  }

  /** What comes after so many bytes, which must be those that `digest` stands for. */
  async function* behind(again: Readable, start: number, digest: Buffer): AsyncGenerator<Buffer> {
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

  function different() {
    return refused(client.server, `give message ${position.uid} twice in the same form`, '');
  }
}
