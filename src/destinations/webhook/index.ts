import type { Destination, DestinationParts } from '../../delivery/destination.ts';
import type { Outcome } from '../../model/delivery.ts';
import { Problem } from '../../model/problem.ts';
import { retryAfter as retryAfterInstant } from '../../network/retry-after.ts';
import { createAddressGuard } from './address-guard.ts';
import type { WebhookConfig } from './fields.ts';
import { notificationPayload, payloadOf } from './payload.ts';
import { type Answer, createPoster, explainNetwork } from './request.ts';
import { type SigningSecret, secretsInForce, signatureHeaders } from './signature.ts';

/** A destination may ask to be left alone for at most so long. */
const longestRetryAfter = 24 * 60 * 60_000;

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
