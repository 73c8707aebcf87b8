import { type Json, version } from '../../network/graph.ts';
import type { GraphClient } from './client.ts';
import { everyPage } from './collection.ts';
import { textOf } from './folders.ts';

export const subscriptionsPath = `${version}/subscriptions`;

export function subscriptionPath(id: string): string {
  return `${subscriptionsPath}/${encodeURIComponent(id)}`;
}

const pageSize = 100;
/** More than an app may have in a tenant (Microsoft: subscription resource type, latency and limits). */
const mostSubscriptions = 100_000;

/**
 * Ends those of the app's subscriptions that `isUnwanted` says, whoever made them (Microsoft: List subscriptions, Delete
 * subscription). How many were ended.
 */
export async function endSubscriptions(
  client: GraphClient,
  isUnwanted: (subscription: Json) => boolean,
  signal: AbortSignal,
): Promise<number> {
  const unwanted: string[] = [];
  for await (const page of everyPage(client, subscriptionsPath, {
    signal,
    pageSize,
    most: mostSubscriptions,
  }))
    unwanted.push(...page.filter(isUnwanted).map((one) => textOf(one, 'id')));
  for (const id of unwanted) await client.send('DELETE', subscriptionPath(id), null, signal);
  return unwanted.length;
}
