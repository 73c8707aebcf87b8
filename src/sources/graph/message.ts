import type { GraphClient } from './client.ts';
import { isGone } from './refusal.ts';

/** Where a message is had, in whatever folder it lies. */
export function pathOf(client: GraphClient, id: string): string {
  return `${client.mailbox}/messages/${encodeURIComponent(id)}`;
}

/** When a message was received, in milliseconds (now, where that is not told); null when it is not there. */
export async function findReceived(
  client: GraphClient,
  id: string,
  signal: AbortSignal,
): Promise<number | null> {
  try {
    const { receivedDateTime } = await client.get(`${pathOf(client, id)}?$select=receivedDateTime`, {
      signal,
    });
    const received = Date.parse(String(receivedDateTime));
    return Number.isNaN(received) ? Date.now() : received;
  } catch (error) {
    if (!isGone(error)) throw error;
    return null;
  }
}
