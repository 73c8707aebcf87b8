import type { Context } from 'hono';
import { serverEnv } from './server-env.ts';

/**
 * An iterable of bytes as a response body. Waits for the first bytes, so that a problem with getting at
 * them is thrown here, while there is still time for an error page; a later one cuts the connection of `c`. Stops the iterable when the client goes.
 */
export async function openByteStream(
  chunks: AsyncIterable<Uint8Array>,
  c?: Context,
): Promise<ReadableStream<Uint8Array>> {
  const { cut } = c ? serverEnv(c) : {};
  const iterator = chunks[Symbol.asyncIterator]();
  let next = await iterator.next();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (next.done) return controller.close();
        controller.enqueue(next.value);
        try {
          next = await iterator.next();
        } catch (error) {
          if (!cut) throw error;
          cut(error);
          controller.close();
        }
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** For what is sent as it comes: a proxy such as nginx must not gather it first (nginx: proxy_buffering). */
export const unbuffered = { 'x-accel-buffering': 'no' };

/** Text as it is generated, as a response body; `signal` tells the generator that the client has gone. */
export function openTextStream(
  generate: (signal: AbortSignal) => AsyncIterable<string>,
): ReadableStream<Uint8Array> {
  const gone = new AbortController();
  const iterator = generate(gone.signal)[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        gone.abort();
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
