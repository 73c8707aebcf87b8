import type { DeliveryIds, Destination, DestinationParts } from '../../delivery/destination.ts';
import type { Outcome } from '../../model/delivery.ts';
import { createWebhookGuard } from './address-guard.ts';
import { withoutEchoes } from './echoes.ts';
import type { WebhookConfig } from './fields.ts';
import { explainFailure, outcomeOf } from './outcome.ts';
import { notificationPayload, payloadOf } from './payload.ts';
import { createReceiver } from './request.ts';
import { type SigningSecret, secretsInForce, signatureHeaders } from './signature.ts';

/** Messages as signed JSON to a URL (Standard Webhooks). */
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
  const timeoutMs = options.timeoutSeconds * 1000;
  const receiver = createReceiver(url, {
    guard: createWebhookGuard(options.allowPrivateAddresses),
    connections: options.concurrency,
    timeoutMs,
  });

  async function send(
    { deliveryId, replayOf }: DeliveryIds,
    body: string,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const now = new Date();
    const inForce = secretsInForce(secrets, now);
    const signature = signatureHeaders(deliveryId, now, body, inForce);
    const headers = replayOf === null ? signature : { ...signature, 'letterbox-replay-of': replayOf };
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await receiver.post(body, headers, AbortSignal.any([signal, timeout]));
      return {
        ...outcomeOf(answer, url),
        answer: withoutEchoes(answer.kept, secretsIn(url, signature, inForce)),
      };
    } catch (error) {
      return { kind: 'retry', after: null, problem: explainFailure(error, url, timeout.aborted) };
    }
  }

  return {
    deliver: async (delivery, signal) =>
      send(delivery, await payloadOf(delivery, options.inlineBytes), signal),
    notify: (ids, notification, signal) => send(ids, notificationPayload(ids, notification), signal),
    async reach(signal) {
      const timeout = AbortSignal.timeout(timeoutMs);
      try {
        const status = await receiver.reach(AbortSignal.any([signal, timeout]));
        return `${url.host} answers (status ${status} to HEAD)`;
      } catch (error) {
        throw explainFailure(error, url, timeout.aborted);
      }
    },
  };
}

/** What nobody but the receiver may know of a request. */
function secretsIn(url: URL, signature: Record<string, string>, secrets: string[]): string[] {
  const signatures = (signature['webhook-signature'] ?? '').split(' ');
  return [...secrets, ...signatures, ...url.searchParams.values()];
}
