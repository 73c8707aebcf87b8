import type { Readable } from 'node:stream';
import type { ReceiverAnswer } from '../../model/delivery.ts';
import type { AddressGuard } from '../../network/address-guard.ts';
import { createHttpClient, type HttpRequest, type HttpResponse } from '../../network/http-client.ts';
import { HttpFailure } from '../../network/http-exchange.ts';
import { proxyTo } from '../../network/proxy.ts';
import { userAgent } from '../../network/user-agent.ts';

/** What a receiver answered, with what counts of its headers. */
export interface Answer {
  status: number;
  headers: HttpResponse['headers'];
  kept: ReceiverAnswer;
}

/** A receiver's answer is read to this size: then its connection is worth no more. */
const answerBytes = 64 * 1024;
/** So much of headers and body is kept for people to see. */
const keptBytes = 2 * 1024;

/** So much of an attempt's time a connection may take: else it would be over before it is known what stands in the way. */
const connectingPart = 0.75;

/** One destination. */
export interface Receiver {
  /** One POST. Redirects are not followed. Throws what the HTTP client throws, or the guard's Problem. */
  post(text: string, headers: Record<string, string>, signal: AbortSignal): Promise<Answer>;
  /** The status of an answer to HEAD, which asks for nothing to be done (RFC 9110 9.3.2). Throws the same. */
  reach(signal: AbortSignal): Promise<number>;
}

/** Keeps connections to one destination open between deliveries; an attempt has so much time. */
export function createReceiver(
  url: URL,
  { guard, connections, timeoutMs }: { guard: AddressGuard; connections: number; timeoutMs: number },
): Receiver {
  const client = createHttpClient(url, {
    connections,
    connectMs: timeoutMs * connectingPart,
    silenceMs: timeoutMs,
    // Where the proxy alone resolves names, it alone can say what they lead to
    ...(!proxyTo(url.hostname)?.resolvesDestinations && { lookup: guard.lookup }),
  });

  async function ask(
    asked: Pick<HttpRequest, 'method' | 'headers' | 'body'>,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    guard.assertHost(url.hostname);
    const headers = { accept: '*/*', 'user-agent': userAgent, ...asked.headers };
    const request = { ...asked, target: url.pathname + url.search, headers, signal };
    for (;;)
      try {
        return await client.request(request);
      } catch (error) {
        // The receiver closed a kept connection just as it was used again: no fault of this message
        if (!(error instanceof HttpFailure && error.wasKept && error.reason === 'broken')) throw error;
      }
  }

  return {
    async post(text, headers, signal) {
      const asked = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } } as const;
      const response = await ask({ ...asked, body: Buffer.from(text) }, signal);
      const { status } = response;
      const body = await readBeginning(response.body);
      return {
        status,
        headers: response.headers,
        kept: { status, headers: written(response.headers), body },
      };
    },
    async reach(signal) {
      const { status, body } = await ask({ method: 'HEAD', headers: {} }, signal);
      body.destroy();
      return status;
    },
  };
}

/** Whatever becomes of its body, the answer was given: else what was taken would be sent again. */
async function readBeginning(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      if (size < keptBytes) chunks.push(chunk);
      size += chunk.length;
      if (size > answerBytes) break;
    }
  } catch {
    // What came of it is kept
  }
  return Buffer.concat(chunks).subarray(0, keptBytes).toString();
}

function written(headers: HttpResponse['headers']): string {
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    [values ?? []].flat().map((value) => `${name}: ${value}`),
  );
  return lines.join('\n').slice(0, keptBytes);
}
