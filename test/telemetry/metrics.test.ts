import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProblemJson } from '../../src/model/problem.ts';
import { createEventBus } from '../../src/telemetry/events.ts';
import { createMetrics, type Snapshot } from '../../src/telemetry/metrics.ts';

const state = {
  serverId: 'srv_1',
  condition: 'failing',
  problem: null,
  since: '2026-01-01T00:00:00.000Z',
  lastContactAt: '2026-01-01T00:00:10.500Z',
  lastMessageAt: null,
  retryAt: null,
} as const;

const calm: Snapshot = {
  servers: [{ id: 'srv_1', name: 'Support "A"', state }],
  profiles: [{ name: 'Contoso', state: 'consent-needed' }],
  credentials: [{ profile: 'Contoso', kind: 'client-secret', expiresAt: '2027-06-30T23:59:59.999Z' }],
  deliveries: { pending: 3, delivered: 40, dead: 1 },
  quarantined: 2,
  waiting: 1,
  audits: new Map([['srv_1', { auditedAt: '2026-11-28T00:00:00.000Z', inMailbox: 1_000, missing: 3 }]]),
  store: { writable: true, damaged: false },
};

/** The lines of our own metrics, without help and type. */
async function scrape(read: ReturnType<typeof createMetrics>): Promise<string[]> {
  const { contentType, text } = await read();
  assert.match(contentType, /^text\/plain; version=0\.0\.4/);
  return text.split('\n').filter((line) => line.startsWith('letterbox_'));
}

test('messages and attempts are counted as they happen', async () => {
  const events = createEventBus();
  const metrics = createMetrics({ events, snapshot: async () => calm });
  const message = { serverId: 'srv_1', server: 'Support', messageId: 'msg_1', size: 1000, remaining: 0 };
  events.emit('message.stored', { ...message, outcome: 'new' });
  events.emit('message.stored', { ...message, outcome: 'new' });
  events.emit('message.stored', { ...message, outcome: 'recognised' });
  const problem: ProblemJson = {
    code: 'message.too-large',
    kind: 'message',
    title: 'The message is too large',
    remedy: 'Raise the limit.',
    retry: 'no',
  };
  events.emit('message.quarantined', { serverId: 'srv_1', server: 'Support', problem });
  const item = { kind: 'message', id: 'msg_1' } as const;
  const delivery = { deliveryId: 'dlv', item, destinationId: 'dst', destination: 'Tickets' };
  events.emit('delivery.settled', { ...delivery, state: 'pending', attempt: 1, seconds: 0.3, problem });
  events.emit('delivery.settled', {
    ...delivery,
    state: 'delivered',
    attempt: 2,
    seconds: 20,
    problem: null,
  });
  events.emit('destination.circuit', {
    destinationId: 'dst',
    destination: 'Tickets',
    open: true,
    until: null,
  });

  const lines = await scrape(metrics);
  for (const line of [
    'letterbox_messages_stored_total{server="Support"} 2',
    'letterbox_messages_recognised_total{server="Support"} 1',
    'letterbox_message_bytes_total{server="Support"} 2000',
    'letterbox_messages_quarantined_total{server="Support"} 1',
    'letterbox_delivery_attempts_total{destination="Tickets",state="pending"} 1',
    'letterbox_delivery_attempts_total{destination="Tickets",state="delivered"} 1',
    'letterbox_delivery_attempt_duration_seconds_bucket{le="0.5",destination="Tickets"} 1',
    'letterbox_delivery_attempt_duration_seconds_count{destination="Tickets"} 2',
    'letterbox_destination_resting{destination="Tickets"} 1',
  ])
    assert.ok(lines.includes(line), `${line} in\n${lines.join('\n')}`);
});

test('how mailboxes and profiles stand is known at each scrape, also when nothing has happened since the start', async () => {
  let now = calm;
  const metrics = createMetrics({ events: createEventBus(), snapshot: async () => now });
  const lines = await scrape(metrics);
  for (const line of [
    'letterbox_server_condition{server="Support \\"A\\"",condition="failing"} 1',
    'letterbox_server_condition{server="Support \\"A\\"",condition="watching"} 0',
    'letterbox_server_last_contact_timestamp_seconds{server="Support \\"A\\""} 1767225610.5',
    'letterbox_profile_state{profile="Contoso",state="consent-needed"} 1',
    'letterbox_profile_state{profile="Contoso",state="connected"} 0',
    'letterbox_credential_expiry_timestamp_seconds{profile="Contoso",kind="client-secret"} 1814399999.999',
    'letterbox_deliveries{state="dead"} 1',
    'letterbox_quarantined_messages 2',
    'letterbox_waiting_messages 1',
    'letterbox_mailbox_messages{server="Support \\"A\\"",state="listed"} 1000',
    'letterbox_mailbox_messages{server="Support \\"A\\"",state="missing"} 3',
  ])
    assert.ok(lines.includes(line), `${line} in\n${lines.join('\n')}`);
  assert.ok(!lines.some((line) => line.startsWith('letterbox_server_last_message_timestamp_seconds')));

  now = { ...calm, servers: [] };
  assert.ok(!(await scrape(metrics)).some((line) => line.startsWith('letterbox_server_condition')));
});

test('the process is measured too', async () => {
  const { text } = await createMetrics({ events: createEventBus(), snapshot: async () => calm })();
  assert.match(text, /^process_resident_memory_bytes \d+/m);
});
