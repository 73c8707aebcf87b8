import { newId } from '../model/id.ts';

import type { MessageContent, Quarantined } from '../model/message.ts';
import type { Collections } from '../resources/collections.ts';
import type { DestinationConfig } from '../resources/destination.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { Received, Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import { automaticRepliesTo } from './automatic-replies.ts';
import type { Arrival, Understood } from './understand.ts';

export interface Counts {
  stored: number;
  recognised: number;
  quarantined: number;
}

/** Where messages may go, who may be answered, and which addresses are our own. */
export type IntakeResources = Pick<Collections, 'servers' | 'destinations' | 'outgoingServers'>;

interface Parts {
  server: MailServer;
  resources: IntakeResources;
  store: Store;
  events: EventBus;
  log: Log;
}

type MessageArrival = Extract<Arrival, { kind: 'message' }>;

/**
 * Makes a batch durable in its order: messages together in one transaction, each unreadable one in
 * quarantine, and where the source has caught up, its cursor. Tells what became of them.
 */
export async function storeBatch(batch: Arrival[], parts: Parts): Promise<Counts> {
  const counts: Counts = { stored: 0, recognised: 0, quarantined: 0 };
  let messages: MessageArrival[] = [];
  const flush = async () => {
    for (const [i, { outcome }] of (await storeMessages(messages, parts)).entries())
      if (outcome === 'recognised') counts.recognised++;
      else if (outcome === 'new') {
        counts.stored++;
        if (messages[i]?.message.quarantine) counts.quarantined++;
      }
    messages = [];
  };
  for (const arrival of batch) {
    if (arrival.kind === 'message') {
      messages.push(arrival);
      continue;
    }
    await flush();
    if (arrival.kind === 'caught-up') await parts.store.mailboxes.setCursor(parts.server.id, arrival.cursor);
    else if (await quarantine(arrival, parts)) counts.quarantined++;
  }
  await flush();
  return counts;
}

/** Messages of one server in one transaction, with the deliveries that routing chooses and the automatic replies they get. */
export async function storeMessages(
  arrived: { message: Understood; remaining: number }[],
  { server, store, resources, events }: Parts,
): Promise<Received[]> {
  if (arrived.length === 0) return [];
  const { records: destinations, unreadable } = await resources.destinations.all();
  const messages = arrived.map(({ message }) => message);
  const replies = server.acknowledgement
    ? await automaticRepliesTo(messages, server, server.acknowledgement, resources)
    : [];
  const receipts = arrived.map(({ message }, i) => ({
    ...message,
    automaticReply: replies[i] ?? null,
    // What cannot be read may want it all the same: the delivery waits until it can be, or is removed.
    destinationIds: [
      ...route({ serverId: server.id, content: message.content }, destinations),
      ...unreadable.map(({ id }) => id),
    ],
  }));
  const received = await store.messages.receive(server, receipts);
  for (const [i, { outcome, messageId }] of received.entries()) {
    const { size = 0, quarantine: problem = null } = receipts[i] ?? {};
    const remaining = arrived[i]?.remaining ?? 0;
    events.emit('message.stored', {
      serverId: server.id,
      server: server.name,
      messageId,
      outcome,
      size,
      remaining,
    });
    if (problem && outcome === 'new')
      events.emit('message.quarantined', { serverId: server.id, server: server.name, problem });
  }
  return received;
}

/** The destinations a message goes to: every enabled one that takes mail of its server. */
export function route(
  message: { serverId: string; content: MessageContent },
  destinations: DestinationConfig[],
): string[] {
  return destinations
    .filter(({ enabled, servers }) => enabled && (servers === null || servers.includes(message.serverId)))
    .map(({ id }) => id);
}

/** False where it is in quarantine already. */
async function quarantine(arrival: Extract<Arrival, { kind: 'unreadable' }>, parts: Parts): Promise<boolean> {
  const { server, store, events, log } = parts;
  const entry: Quarantined = {
    id: newId('qrn'),
    serverId: server.id,
    position: arrival.position,
    receivedAt: arrival.receivedAt,
    messageId: null,
    problem: arrival.problem.toJSON(),
    quarantinedAt: new Date().toISOString(),
  };
  if (!(await store.quarantine.add(entry, arrival.cursor))) return false;
  log.warn({ problem: arrival.problem.code, position: arrival.position }, 'a message was quarantined');
  events.emit('message.quarantined', {
    serverId: server.id,
    server: server.name,
    problem: entry.problem,
  });
  return true;
}
