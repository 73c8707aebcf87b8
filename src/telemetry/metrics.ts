import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type ProfileState, profileStates } from '../model/credential-profile.ts';
import type { DeliveryState } from '../model/delivery.ts';
import {
  type Instant,
  type MailboxAudit,
  type MailServerState,
  mailServerConditions,
} from '../model/mail-server.ts';
import type { EventBus } from './events.ts';

/** How things stand when somebody asks: what events alone would forget at a restart. */
export interface Snapshot {
  servers: { id: string; name: string; state: MailServerState }[];
  /** What the last audit of each server found, by its id. */
  audits: ReadonlyMap<string, MailboxAudit>;
  profiles: { name: string; state: ProfileState }[];
  /** Client secrets and certificates whose end is known. */
  credentials: { profile: string; kind: string; expiresAt: Instant }[];
  deliveries: Record<DeliveryState, number>;
  quarantined: number;
  /** Not given by their mail servers yet. */
  waiting: number;
  store: { writable: boolean; damaged: boolean };
}

/**
 * Metrics of one Letterbox for Prometheus (text format 0.0.4): counted from `events`, and the rest looked up
 * in `snapshot` at each scrape. States are one series for each value, 1 for the one that holds.
 */
export function createMetrics({
  events,
  snapshot,
}: {
  events: EventBus;
  snapshot: () => Promise<Snapshot>;
}): () => Promise<{ contentType: string; text: string }> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  countEvents(events, registry);
  const show = stateGauges(registry);
  return async () => {
    show(await snapshot());
    return { contentType: registry.contentType, text: await registry.metrics() };
  };
}

function countEvents(events: EventBus, registry: Registry): void {
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers: [registry] });

  const stored = counter('letterbox_messages_stored_total', 'Messages stored for the first time', ['server']);
  const recognised = counter(
    'letterbox_messages_recognised_total',
    'Messages that were here already, seen again at another or the same position',
    ['server'],
  );
  const bytes = counter('letterbox_message_bytes_total', 'Size of the raw sources stored', ['server']);
  const quarantined = counter(
    'letterbox_messages_quarantined_total',
    'Messages that were put into quarantine',
    ['server'],
  );
  events.on('message.stored', ({ server, outcome, size }) => {
    if (outcome !== 'new') return recognised.inc({ server });
    stored.inc({ server });
    bytes.inc({ server }, size);
  });
  events.on('message.quarantined', ({ server }) => quarantined.inc({ server }));

  const attempts = counter(
    'letterbox_delivery_attempts_total',
    'Attempts to deliver, by the state that they left the delivery in',
    ['destination', 'state'],
  );
  const duration = new Histogram({
    name: 'letterbox_delivery_attempt_duration_seconds',
    help: 'How long one attempt took',
    labelNames: ['destination'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [registry],
  });
  events.on('delivery.settled', ({ destination, state, seconds }) => {
    attempts.inc({ destination, state });
    duration.observe({ destination }, seconds);
  });

  const circuit = new Gauge({
    name: 'letterbox_destination_resting',
    help: '1 while the circuit of a destination is open because it failed too often',
    labelNames: ['destination'],
    registers: [registry],
  });
  events.on('destination.circuit', ({ destination, open }) => circuit.set({ destination }, Number(open)));
}

type CreateGauge = <Label extends string>(name: string, help: string, labelNames: Label[]) => Gauge<Label>;

function stateGauges(registry: Registry): (now: Snapshot) => void {
  const gauge: CreateGauge = (name, help, labelNames) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const each = [serverGauges(gauge), profileGauges(gauge), storeGauges(gauge)];
  return (now) => {
    for (const show of each) show(now);
  };
}

function serverGauges(gauge: CreateGauge): (now: Snapshot) => void {
  const condition = gauge('letterbox_server_condition', 'What the loop of a mailbox is doing', [
    'server',
    'condition',
  ]);
  const contact = gauge(
    'letterbox_server_last_contact_timestamp_seconds',
    'When the mail server last answered in good order',
    ['server'],
  );
  const message = gauge(
    'letterbox_server_last_message_timestamp_seconds',
    'When a message last came in through this mail server',
    ['server'],
  );
  const audited = gauge(
    'letterbox_mailbox_messages',
    'Messages that a mailbox listed at the last audit, and those of them that were missing here and asked for',
    ['server', 'state'],
  );
  return ({ servers, audits }) => {
    for (const each of [condition, contact, message, audited]) each.reset();
    for (const { id, name: server, state } of servers) {
      for (const one of mailServerConditions)
        condition.set({ server, condition: one }, Number(one === state.condition));
      setInstant(contact, server, state.lastContactAt);
      setInstant(message, server, state.lastMessageAt);
      const audit = audits.get(id);
      if (!audit) continue;
      audited.set({ server, state: 'listed' }, audit.inMailbox);
      audited.set({ server, state: 'missing' }, audit.missing);
    }
  };
}

function profileGauges(gauge: CreateGauge): (now: Snapshot) => void {
  const profile = gauge('letterbox_profile_state', 'Whether a credential profile can get tokens', [
    'profile',
    'state',
  ]);
  const expiry = gauge(
    'letterbox_credential_expiry_timestamp_seconds',
    'When the client secret or certificate of a credential profile expires',
    ['profile', 'kind'],
  );
  return ({ profiles, credentials }) => {
    for (const each of [profile, expiry]) each.reset();
    for (const { name, state } of profiles)
      for (const one of profileStates) profile.set({ profile: name, state: one }, Number(one === state));
    for (const { profile: name, kind, expiresAt } of credentials)
      expiry.set({ profile: name, kind }, Date.parse(expiresAt) / 1000);
  };
}

function storeGauges(gauge: CreateGauge): (now: Snapshot) => void {
  const deliveries = gauge('letterbox_deliveries', 'Deliveries in the store', ['state']);
  const quarantine = gauge('letterbox_quarantined_messages', 'Messages in quarantine now', []);
  const waiting = gauge(
    'letterbox_waiting_messages',
    'Messages that their mail servers have not given yet',
    [],
  );
  const writable = gauge(
    'letterbox_store_writable',
    '0 while the database cannot be written: a full disk',
    [],
  );
  const damaged = gauge('letterbox_store_damaged', '1 when damage of the database was found', []);
  return (now) => {
    for (const [state, count] of Object.entries(now.deliveries)) deliveries.set({ state }, count);
    quarantine.set(now.quarantined);
    waiting.set(now.waiting);
    writable.set(Number(now.store.writable));
    damaged.set(Number(now.store.damaged));
  };
}

/** A time that never was has no series: 0 would read as 1970. */
function setInstant(gauge: Gauge<'server'>, server: string, instant: Instant | null): void {
  if (instant !== null) gauge.set({ server }, Date.parse(instant) / 1000);
}
