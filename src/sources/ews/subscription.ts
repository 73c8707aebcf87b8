import { connectionLost } from '../../network/problems.ts';
import { XmlError } from '../../network/xml.ts';
import { find, textOf } from '../../network/xml-element.ts';
import { type EwsClient, readEnvelope } from './client.ts';
import type { Folder } from './folders.ts';
import { getStreamingEvents, subscribe, unsubscribe } from './operations.ts';
import { faultOf, refusalOf } from './refusal.ts';

/** A subscription to streaming notifications, which lives on one of Exchange's servers. */
export interface Subscription {
  id: string;
  /** What leads later requests to the same server (Maintain affinity between a group of subscriptions and the Mailbox server). */
  headers: Record<string, string>;
}

const preferAffinity = { 'x-preferserveraffinity': 'true' };

/** Throws the Refusal of a server that gives no notifications of this folder. */
export async function startSubscription(
  client: EwsClient,
  folder: Folder,
  signal: AbortSignal,
): Promise<Subscription> {
  const { message, headers } = await client.askOne(subscribe(folder.id), signal, preferAffinity);
  const id = textOf(message, 'SubscriptionId');
  if (id === '') throw new XmlError('a subscription without an id');
  const cookies = [headers['set-cookie'] ?? []].flat();
  const override = cookies.map((cookie) => /^X-BackEndOverrideCookie=[^;]*/i.exec(cookie)?.[0]).find(Boolean);
  return { id, headers: { ...preferAffinity, ...(override && { cookie: override }) } };
}

/**
 * Follows a subscription until the server ends its answer, which it does after so many minutes. `heard` is called for
 * each envelope: with true when something happened, else it is a sign of life. Throws the Refusal of a subscription
 * that is no more.
 */
export async function followEvents(
  client: EwsClient,
  { id, headers }: Subscription,
  minutes: number,
  signal: AbortSignal,
  heard: (happened: boolean) => void,
): Promise<void> {
  const answer = await client.open(getStreamingEvents(id, minutes), signal, headers);
  try {
    for (;;) {
      const { content } = await readEnvelope(answer.tokens);
      if (!content) throw connectionLost(client.server, 'the notifications ended');
      if (content.name === 'Fault') throw faultOf(content);
      for (const message of find(content, 'ResponseMessages')?.children ?? []) {
        const refusal = refusalOf(message);
        if (refusal) throw refusal;
        heard(find(message, 'Notifications', 'Notification') !== undefined);
        if (textOf(message, 'ConnectionStatus') === 'Closed') return;
      }
    }
  } finally {
    answer.destroy();
  }
}

/** The server forgets it by itself after a while; so if this fails, nothing is lost. */
export async function stopSubscription(
  client: EwsClient,
  { id, headers }: Subscription,
  signal: AbortSignal,
): Promise<void> {
  await client.askOne(unsubscribe(id), signal, headers).catch(() => {});
}
