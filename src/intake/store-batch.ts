import { newId } from '../model/id.ts';
import { type MessageContent, positionKey, type Quarantined } from '../model/message.ts';
import type { Collections } from '../resources/collections.ts';
import { type DestinationConfig, takesMailOf } from '../resources/destination.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { MailSource } from '../sources/source.ts';
import type { Receipt, Received, Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import { automaticRepliesTo } from './automatic-replies.ts';
import type { LookDelay } from './look-delay.ts';
import type { Arrival, Understood } from './understand.ts';

export interface Counts {
  stored: number;
  recognised: number;
  /** Not given by the server yet: it is asked again. */
  waiting: number;
  quarantined: number;
}

export function noCounts(): Counts {
  return { stored: 0, recognised: 0, waiting: 0, quarantined: 0 };
}

/** Where messages may go, who may be answered, and which addresses are our own. */
export type IntakeResources = Pick<Collections, 'servers' | 'destinations' | 'outgoingServers'>;

interface Parts {
  server: MailServer;
  source: Pick<MailSource, 'stillThere'>;
  lookDelay: LookDelay;
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
  const counts = noCounts();
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
    if (arrival.kind === 'caught-up') await catchUp(arrival, parts);
    else {
      const state = await setAside(arrival, parts);
      if (state) counts[state]++;
    }
  }
  await flush();
  return counts;
}

/** Messages of one server in one transaction, with the deliveries that routing chooses and the automatic replies they get. */
export async function storeMessages(
  arrived: { message: Understood; remaining: number }[],
  parts: Parts,
): Promise<Received[]> {
  if (arrived.length === 0) return [];
  const { server, store, resources, events } = parts;
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
  const received = await store.messages.receive(server, await withVanished(receipts, parts));
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
  return destinations.filter((destination) => takesMailOf(destination, message.serverId)).map(({ id }) => id);
}

/**
 * Asks the server about places in which equal mails lay, where only that can tell whether such a mail is another one or
 * the same under a new number.
 */
async function withVanished(receipts: Receipt[], { server, source, store }: Parts): Promise<Receipt[]> {
  const same = await store.messages.sameMail(server.id, receipts);
  const asked = new Map(same.flat().map((position) => [positionKey(position), position]));
  if (asked.size === 0) return receipts;
  const there = new Set((await source.stillThere([...asked.values()])).map(positionKey));
  return receipts.map((receipt, i) => ({
    ...receipt,
    vanished: (same[i] ?? []).filter((position) => !there.has(positionKey(position))),
  }));
}

async function catchUp(
  { cursor, found }: Extract<Arrival, { kind: 'caught-up' }>,
  { server, store, log }: Parts,
): Promise<void> {
  await store.mailboxes.setCursor(server.id, cursor);
  if (!found?.audit) return;
  await store.mailboxes.setAudit(server.id, { auditedAt: new Date().toISOString(), ...found.audit });
  if (found.audit.missing > 0)
    log.warn(found.audit, 'messages of the mailbox were not here, and were asked for');
}

/** What became of a message that its server does not give; null where it is set aside already. */
async function setAside(
  arrival: Extract<Arrival, { kind: 'unreadable' }>,
  { server, store, events, log, lookDelay }: Parts,
): Promise<Quarantined['state'] | null> {
  const now = new Date();
  const waits = arrival.problem.retry !== 'no';
  const entry: Quarantined = {
    id: newId('qrn'),
    serverId: server.id,
    position: arrival.position,
    receivedAt: arrival.receivedAt,
    messageId: null,
    problem: arrival.problem.toJSON(),
    quarantinedAt: now.toISOString(),
    state: waits ? 'waiting' : 'quarantined',
    looks: 0,
    nextLookAt: waits ? new Date(now.getTime() + lookDelay(0)).toISOString() : null,
  };
  if (!(await store.quarantine.add(entry, arrival.cursor))) return null;
  log.warn(
    { problem: arrival.problem.code, position: arrival.position },
    waits ? 'a message waits for its server' : 'a message was quarantined',
  );
  if (!waits)
    events.emit('message.quarantined', { serverId: server.id, server: server.name, problem: entry.problem });
  return entry.state;
}
