import { createHash, type Hash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { MailSource } from '../../src/sources/source.ts';
import { see } from './setting.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

export const mebibyte = 1024 * 1024;

/** Bytes that are really in use, in the heap and beside it; a stand-in in this process counts too. */
export function bytesInUse(): number {
  collectGarbage();
  // What lay beside the heap is counted as free after the next collection only
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The parts of a mail as bytes, each told to `sent` as it goes. */
export async function* sending(
  parts: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
  sent: Hash,
): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    sent.update(part);
    yield Buffer.from(part);
  }
}

/** What a mailbox with one large message and one small one gave. */
export interface LargeReading {
  length: number;
  sha256: string;
  /** Checksum of the small message, or the code of its problem. */
  following: string;
  /** The most bytes that were in use meanwhile, beyond those before. */
  peak: number;
}

export async function readLarge(source: MailSource): Promise<LargeReading> {
  const received = createHash('sha256');
  let length = 0;
  let peak = 0;
  let following = '';
  // What delivering took is given back some time after it is garbage
  bytesInUse();
  await pause(100);
  const before = bytesInUse();
  for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal })) {
    if (event.kind !== 'message') continue;
    if (event.size < mebibyte) {
      const seen = await see(event);
      following = seen.kind === 'message' ? seen.sha256 : seen.code;
      continue;
    }
    let lookAt = 0;
    for await (const chunk of event.raw) {
      received.update(chunk);
      length += chunk.length;
      if (length < lookAt) continue;
      lookAt = length + 8 * mebibyte;
      peak = Math.max(peak, bytesInUse() - before);
    }
  }
  return { length, sha256: received.digest('hex'), following, peak };
}
