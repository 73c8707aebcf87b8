import http from 'node:http';
import https from 'node:https';
import type { Destination, DestinationParts } from '../../delivery/destination.ts';
import type { Outcome } from '../../model/delivery.ts';
import { Problem } from '../../model/problem.ts';
import { tlsFailed } from '../../network/problems.ts';
import { retryAfter as retryAfterInstant } from '../../network/retry-after.ts';
import { messageAndCode, tlsFailureOf } from '../../network/tls-failures.ts';
import { type AddressGuard, createAddressGuard } from './address-guard.ts';
import type { WebhookConfig } from './fields.ts';
import { notificationPayload, payloadOf } from './payload.ts';
import { type SigningSecret, secretsInForce, signatureHeaders } from './signature.ts';

/** A destination may ask to be left alone for at most so long. */
const longestRetryAfter = 24 * 60 * 60_000;

/** A receiver's answer is read to this size and thrown away; only its status and headers count. */
const answerBytes = 64 * 1024;

interface Answer {
  status: number;
  retryAfter: string | undefined;
}

/** Messages as signed JSON to a URL (Standard Webhooks). Any 2xx is a yes; 410 is never again. */
export function createWebhook({
  destination,
  secrets,
  options,
}: Pick<DestinationParts, 'options'> & {
  destination: WebhookConfig;
  /** Newest first. */
  secrets: SigningSecret[];
}): Destination {
  const url = new URL(destination.url);
  const guard = createAddressGuard(options.allowPrivateAddresses);
  const post = createPoster(url, guard, options.concurrency);

  async function send(deliveryId: string, body: string, signal: AbortSignal): Promise<Outcome> {
    const now = new Date();
    const headers = signatureHeaders(deliveryId, now, body, secretsInForce(secrets, now));
    const timeout = AbortSignal.timeout(options.timeoutSeconds * 1000);
    try {
      return outcomeOf(await post(body, headers, AbortSignal.any([signal, timeout])));
    } catch (error) {
      return { kind: 'retry', after: null, problem: explainNetwork(error, url.host, timeout.aborted) };
    }
  }

  return {
    deliver: async (delivery, signal) =>
      send(delivery.deliveryId, await payloadOf(delivery, options.inlineBytes), signal),
    notify: (deliveryId, notification, signal) => send(deliveryId, notificationPayload(notification), signal),
  };
}

function outcomeOf({ status, retryAfter }: Answer): Outcome {
  if (status >= 200 && status < 300) return { kind: 'accepted' };
  if (status === 410)
    return {
      kind: 'rejected',
      problem: new Problem({
        code: 'webhook.gone',
        kind: 'refused',
        title: 'The destination wants no more messages',
        detail: '410 Gone',
        remedy: 'Check the URL of the destination, then replay.',
      }),
    };
  const redirected = status >= 300 && status < 400;
  return {
    kind: 'retry',
    after: retryAfterInstant(retryAfter, longestRetryAfter),
    problem: new Problem({
      code: redirected ? 'webhook.redirect' : 'webhook.refused',
      kind: 'refused',
      title: redirected
        ? 'The destination redirects, which is not followed'
        : 'The destination did not accept the message',
      detail: `status ${status}`,
      remedy: redirected
        ? 'Enter the final URL in the destination.'
        : 'Look at the destination’s own log for the reason.',
      retry: 'later',
    }),
  };
}

/** Keeps connections to one destination open between deliveries. */
function createPoster(url: URL, guard: AddressGuard, connections: number) {
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
function explainNetwork(error: unknown, host: string, timedOut: boolean): Problem {
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
  const failure = tlsFailureOf(error);
  if (failure) {
    const { hostname, port } = new URL(`https://${host}`);
    const peer = { name: 'The destination', protocol: 'webhook', host: hostname, security: 'tls' } as const;
    return tlsFailed({ ...peer, port: Number(port || 443) }, failure, messageAndCode(error), error);
  }
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
