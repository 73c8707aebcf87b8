import { type GraphClient, type Json, version } from './client.ts';
import { everyItem } from './collection.ts';
import { textOf } from './folders.ts';

export const subscriptionsPath = `${version}/subscriptions`;

export function subscriptionPath(id: string): string {
  return `${subscriptionsPath}/${encodeURIComponent(id)}`;
}

const pageSize = 100;

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
  for await (const one of everyItem(client, subscriptionsPath, { signal, pageSize }))
    if (isUnwanted(one)) unwanted.push(textOf(one, 'id'));
  for (const id of unwanted) await client.send('DELETE', subscriptionPath(id), null, signal);
  return unwanted.length;
}
