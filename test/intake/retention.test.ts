import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { createRetention } from '../../src/intake/retention.ts';
import type { DeliveryState } from '../../src/model/delivery.ts';
import { newId } from '../../src/model/id.ts';
import { readAll } from '../store/fixtures.ts';
import { until } from '../until.ts';
import { mail, startTaking, subjects } from './taking.ts';

const milliseconds = 1 / (24 * 60 * 60_000);
const at = new Date(0).toISOString();

/** Mails of these subjects, stored, and each delivered or not as is said. */
async function storedMails(t: TestContext, mails: Record<string, DeliveryState>) {
  const world = await startTaking(t);
  const { store, supervisor } = world;
  const { server, mailbox } = await world.addServer({ afterIntake: { action: 'mark-read' } });
  for (const subject of Object.keys(mails)) mailbox.deliver(mail(subject));
  await supervisor.start();
  await world.stored(Object.keys(mails).length);
  await world.becomes('watching');
  const ids = new Map<string, string>();
  for (const { id, subject } of (await store.messages.list({ limit: 500 })).items) ids.set(subject, id);
  for (const [subject, state] of Object.entries(mails)) {
    const { items } = await store.deliveries.list({ messageId: ids.get(subject) ?? '', limit: 10 });
    for (const delivery of items) await store.deliveries.settle({ ...delivery, state });
  }
  const raw = (subject: string) => readAll(store.messages.raw(ids.get(subject) ?? ''));

  async function sweep(limits: { sourceDays?: number; messageDays?: number }, ended: () => Promise<boolean>) {
    await sleep(5);
    const retention = createRetention({
      store,
      limits: { sourceDays: null, messageDays: null, ...limits },
      log: pino({ level: 'silent' }),
    });
    retention.start();
    await until('the sweep has ended', ended);
    retention.stop();
  }
  return { ...world, server, mailbox, ids, raw, sweep };
}

function count(folder: string, table: string): number {
  const database = new DatabaseSync(join(folder, 'letterbox.sqlite'), { readOnly: true });
  try {
    return Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
  } finally {
    database.close();
  }
}

test('raw sources go after their days, the messages stay; what is not delivered keeps both', async (t) => {
  const { raw, sweep, store, folder } = await storedMails(t, {
    delivered: 'delivered',
    pending: 'pending',
    dead: 'dead',
  });
  await sweep({ sourceDays: milliseconds }, async () => count(folder, 'source_chunk') === 2);
  await assert.rejects(raw('delivered'), { code: 'message.source-expired' });
  assert.match(`${await raw('pending')}`, /Subject: pending/);
  assert.match(`${await raw('dead')}`, /Subject: dead/);
  assert.deepEqual(await subjects(store), ['delivered', 'pending', 'dead']);
});

test('delivered messages go after their days, with source and deliveries; an undelivered one never does', async (t) => {
  const { sweep, store, folder, raw } = await storedMails(t, {
    delivered: 'delivered',
    pending: 'pending',
    dead: 'dead',
  });
  await sweep({ messageDays: milliseconds }, async () => (await store.messages.count()) < 3);
  assert.deepEqual(await subjects(store), ['pending', 'dead']);
  for (const subject of ['pending', 'dead']) assert.ok((await raw(subject)).length > 0);
  assert.deepEqual([count(folder, 'source_chunk'), count(folder, 'delivery')], [2, 2]);
});

test('a message that has gone to one of two destinations only stays until the other has it', async (t) => {
  const { sweep, store, ids } = await storedMails(t, { both: 'delivered', gone: 'delivered' });
  const [delivery] = (await store.deliveries.list({ messageId: ids.get('both') ?? '', limit: 1 })).items;
  await store.deliveries.replay({ ids: [delivery?.id ?? ''] });
  await sweep({ messageDays: milliseconds }, async () => (await store.messages.count()) === 1);
  assert.deepEqual(await subjects(store), ['both']);
  await store.deliveries.settle({ ...delivery, state: 'delivered' } as never);
  await sweep({ messageDays: milliseconds }, async () => (await store.messages.count()) === 0);
});

test('what is in quarantine stays whole until a person has ended that', async (t) => {
  const { sweep, store, server, ids, raw } = await storedMails(t, {
    flagged: 'delivered',
    plain: 'delivered',
  });
  const id = newId('qrn');
  await store.quarantine.add(
    {
      id,
      serverId: server.id,
      position: { folder: 'INBOX', validity: '1', uid: '1' },
      receivedAt: at,
      messageId: ids.get('flagged') ?? '',
      problem: {
        code: 'message.unparsable',
        kind: 'message',
        title: 'Not parsed',
        remedy: 'None.',
        retry: 'no',
      },
      quarantinedAt: at,
      state: 'quarantined',
      looks: 0,
      nextLookAt: null,
    },
    null,
  );
  const both = { sourceDays: milliseconds, messageDays: milliseconds };
  await sweep(both, async () => (await store.messages.count()) === 1);
  assert.ok((await raw('flagged')).length > 0);
  await store.quarantine.remove(id);
  await sweep(both, async () => (await store.messages.count()) === 0);
});

test('without limits everything is kept, and what is younger than its days too', async (t) => {
  const { sweep, store, folder } = await storedMails(t, { one: 'delivered' });
  const session = { idHash: 'old', createdAt: at, expiresAt: at };
  for (const limits of [{}, { sourceDays: 1, messageDays: 1 }]) {
    // Sessions that have run out go at the end of each sweep, whatever the limits are.
    await store.sessions.add(session);
    await sweep(limits, async () => count(folder, 'session') === 0);
  }
  assert.equal(await store.messages.count(), 1);
  assert.equal(count(folder, 'source_chunk'), 1);
});

test('nothing comes twice for having been removed: read anew or renumbered, it is known still', async (t) => {
  const { sweep, store, server, mailbox, supervisor, events, becomes } = await storedMails(t, {
    one: 'delivered',
    two: 'delivered',
  });
  await until('all is acted on', () => mailbox.acted.length === 2);
  await sweep({ messageDays: milliseconds }, async () => (await store.messages.count()) === 0);
  const outcomes: string[] = [];
  events.on('message.stored', ({ outcome }) => outcomes.push(outcome));
  await store.mailboxes.setCursor(server.id, '0');
  await supervisor.refresh(server.id);
  await until('it is read anew', () => outcomes.length === 2);
  mailbox.renumber();
  await store.mailboxes.setCursor(server.id, '0');
  await supervisor.refresh(server.id);
  await until('it is read under its new numbers', () => outcomes.length === 4);
  await becomes('watching');
  assert.deepEqual(outcomes, ['known', 'known', 'recognised', 'recognised']);
  assert.equal(await store.messages.count(), 0);
  assert.deepEqual(await store.deliveries.counts(), { pending: 0, delivered: 0, dead: 0 });
});

test('what is owed to the mail server for a message is done also after the message was removed', async (t) => {
  const { sweep, store, server, mailbox, supervisor, stored } = await storedMails(t, { one: 'delivered' });
  await until('it is acted on', () => mailbox.acted.length === 1);
  mailbox.trouble.acting = 'hang';
  mailbox.deliver(mail('two'));
  await stored(2);
  const [delivery] = (await store.deliveries.list({ state: 'pending', limit: 1 })).items;
  await store.deliveries.settle({ ...delivery, state: 'delivered' } as never);
  await sweep({ messageDays: milliseconds }, async () => (await store.messages.count()) === 0);
  mailbox.trouble.acting = null;
  await supervisor.refresh(server.id);
  await until('it is acted on', () => mailbox.acted.length === 2);
});

test('many are removed in one sweep, in steps between which mail comes in', async (t) => {
  const names = Array.from({ length: 450 }, (_, n) => `mail-${n}`);
  const { sweep, store, mailbox } = await storedMails(
    t,
    Object.fromEntries(names.map((name) => [name, 'delivered' as const])),
  );
  const swept = sweep({ messageDays: milliseconds }, async () => (await store.messages.count()) === 1);
  await sleep(5);
  mailbox.deliver(mail('meanwhile'));
  await swept;
  assert.deepEqual(await subjects(store), ['meanwhile']);
});
