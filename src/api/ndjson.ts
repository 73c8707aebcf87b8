import { openByteStream, unbuffered } from '../http/byte-stream.ts';
import { Problem } from '../model/problem.ts';

/**
 * Items as lines of JSON, each sent as it comes. A problem before the first is thrown, and answered as any
 * other; a later one is the last line, `{ "problem": … }`, after `onError` was told.
 */
export async function ndjsonResponse(
  items: AsyncIterable<unknown>,
  onError: (error: unknown) => void,
): Promise<Response> {
  return new Response(await openByteStream(lines(items, onError)), {
    headers: { 'content-type': 'application/x-ndjson', ...unbuffered },
  });
}

async function* lines(
  items: AsyncIterable<unknown>,
  onError: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  let begun = false;
  try {
    for await (const item of items) {
      yield Buffer.from(`${JSON.stringify(item)}\n`);
      begun = true;
    }
  } catch (error) {
    if (!begun) throw error;
    onError(error);
    yield Buffer.from(`${JSON.stringify({ problem: Problem.from(error) })}\n`);
  }
}
