import type { MessageContent } from '../model/message.ts';
import type { DestinationConfig } from '../resources/destination.ts';

/** The destinations a message goes to: every enabled one that takes mail of its server. */
export function route(
  message: { serverId: string; content: MessageContent },
  destinations: DestinationConfig[],
): string[] {
  return destinations
    .filter(({ enabled, servers }) => enabled && (servers === null || servers.includes(message.serverId)))
    .map(({ id }) => id);
}
