import { raw } from 'hono/html';
import { openTextStream, unbuffered } from '../http/byte-stream.ts';
import type { ConsoleContext } from './context.ts';
import type { Html } from './html.ts';

const cut = '<!-- parts -->';

/** Stands in a page where its parts come. */
export const place = raw(cut);

/** A page that is sent at once, its parts as they are known, in their place: so each shows without any script. */
export async function streamPage(
  c: ConsoleContext,
  frame: Html,
  parts: (signal: AbortSignal) => AsyncIterable<Html>,
): Promise<Response> {
  const [before = '', after = ''] = String(await frame).split(cut);
  async function* pieces(signal: AbortSignal): AsyncGenerator<string> {
    yield before;
    for await (const part of parts(signal)) {
      if (signal.aborted) return;
      yield String(await part);
    }
    yield after;
  }
  return c.body(openTextStream(pieces), 200, { 'content-type': 'text/html; charset=utf-8', ...unbuffered });
}
