import http from 'node:http';
import https from 'node:https';
import { Problem } from '../../model/problem.ts';
import type { AddressGuard } from './address-guard.ts';

/** A receiver's answer is read to this size and thrown away; only its status and headers count. */
const answerBytes = 64 * 1024;

export interface Answer {
  status: number;
  retryAfter: string | undefined;
}

/** Keeps connections to one destination open between deliveries. */
export function createPoster(url: URL, guard: AddressGuard, connections: number) {
  const secure = url.protocol === 'https:';
  const settings = { keepAlive: true, maxSockets: connections, timeout: 30_000 };
  const agent = secure ? new https.Agent(settings) : new http.Agent(settings);
  const request = secure ? https.request : http.request;

  function post(bytes: Buffer, headers: Record<string, string>, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      let answer: Answer | null = null;
      const outgoing = request(
        url,
        {
          method: 'POST',
          agent,
          signal,
          lookup: guard.lookup,
          headers: { ...headers, 'content-type': 'application/json', 'content-length': bytes.length },
        },
        (incoming) => {
          const given = { status: incoming.statusCode ?? 0, retryAfter: incoming.headers['retry-after'] };
          answer = given;
          let read = 0;
          incoming.on('data', (chunk: Buffer) => {
            read += chunk.length;
            if (read > answerBytes) incoming.destroy();
          });
          // Whatever becomes of its body, the answer was given: else what was taken would be sent again.
          incoming.on('error', () => undefined);
          incoming.on('close', () => resolve(given));
        },
      );
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        if (answer) resolve(answer);
        // The receiver closed a kept connection just as it was used again: no fault of this message.
        else if (outgoing.reusedSocket && error.code === 'ECONNRESET')
          post(bytes, headers, signal).then(resolve, reject);
        else reject(error);
      });
      outgoing.end(bytes);
    });
  }

  /** One POST. Redirects are not followed. Throws what the network threw, or the guard's Problem. */
  return async (body: string, headers: Record<string, string>, signal: AbortSignal): Promise<Answer> => {
    guard.assertHost(url.hostname);
    return post(Buffer.from(body), headers, signal);
  };
}

/** What went wrong before there was an answer, for the delivery's history. */
export function explainNetwork(error: unknown, host: string, timedOut: boolean): Problem {
  if (error instanceof Problem) return error;
  if (timedOut)
    return new Problem(
      {
        code: 'webhook.time-out',
        kind: 'unavailable',
        title: 'The destination did not answer in time',
        detail: host,
        remedy: 'Let it answer at once and do its work afterwards, or raise delivery.timeoutSeconds.',
        retry: 'later',
      },
      error,
    );
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return new Problem(
    {
      code: 'webhook.unreachable',
      kind: 'unavailable',
      title: 'The destination cannot be reached',
      detail: `${host}: ${code}`,
      remedy:
        'Check that it runs, its address, the firewall, and its certificate (a private authority goes in tls.trust).',
      retry: 'later',
    },
    error,
  );
}
