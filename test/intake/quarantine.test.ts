import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { connectionBroken } from '../../lab/scripted-mailbox.ts';
import { parseMessage } from '../../src/mime/parser.ts';
import { Problem } from '../../src/model/problem.ts';
import { readAll } from '../store/fixtures.ts';
import { until } from '../until.ts';
import { mail, startTaking, subjects } from './taking.ts';

const refused = new Problem({
  code: 'message.unreadable',
  kind: 'message',
  title: 'The server does not give this message',
  remedy: 'Look at it in the mailbox.',
});

/** Bytes in which our parser stumbles, as it has a fault that nobody knows yet; asked for again they are as they are. */
async function* stumbling(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(0, bytes.length / 2);
  yield null as unknown as Uint8Array;
}

const unparsable = (bytes: Uint8Array) => ({ read: () => stumbling(bytes) });

test('a message that cannot be had is set aside with server, folder, position and receipt time; others come in', async (t) => {
  const { addServer, supervisor, stored, store, events, becomes } = await startTaking(t);
  const told: string[] = [];
  events.on('message.quarantined', ({ server, problem }) => told.push(`${server} ${problem.code}`));
  const { server, mailbox } = await addServer();
  mailbox.deliver(mail('one'));
  const receivedAt = '2026-11-20T08:00:00.000Z';
  const position = mailbox.deliver(mail('bad'), { unreadable: refused, receivedAt });
  mailbox.deliver(mail('two'));
  await supervisor.start();
  await stored(2);
  await becomes('watching');
  const [entry, ...others] = await store.quarantine.list();
  assert.deepEqual(others, []);
  assert.deepEqual(
    [entry?.serverId, entry?.position, entry?.receivedAt, entry?.messageId, entry?.problem.code],
    [server.id, position, receivedAt, null, refused.code],
  );
  assert.deepEqual(told, ['Support message.unreadable']);
  assert.deepEqual(await subjects(store), ['one', 'two']);
});

test('it is not tried at every reading, and stays until a person ends it', async (t) => {
  const { addServer, supervisor, quarantine, store, becomes, events } = await startTaking(t);
  const { server, mailbox } = await addServer();
  mailbox.deliver(mail('bad'), { unreadable: refused });
  await supervisor.start();
  await becomes('watching');
  let again = 0;
  events.on('message.quarantined', () => again++);
  for (let n = 0; n < 3; n++)
    assert.deepEqual(await supervisor.syncOnce(server), {
      stored: 0,
      recognised: 0,
      waiting: 0,
      quarantined: 0,
    });
  const [entry] = await quarantine.list();

  await store.mailboxes.setCursor(server.id, '0');
  await supervisor.refresh(server.id);
  await until('it is read anew', async () => (await store.mailboxes.cursor(server.id)) === '1');
  assert.deepEqual(await quarantine.list(), [entry], 'met again it stays the one entry');
  assert.equal(again, 0, 'and is not told again');

  await quarantine.dismiss(entry?.id ?? '');
  assert.deepEqual(await quarantine.list(), []);
});

test('Process again takes the normal way: stored, delivered, acted on at its server, entry ended', async (t) => {
  const { addServer, supervisor, quarantine, store, stored, becomes } = await startTaking(t);
  const { mailbox } = await addServer({ afterIntake: { action: 'mark-read' } });
  const how = { unreadable: refused, receivedAt: '2026-11-20T08:00:00.000Z' };
  const position = mailbox.deliver(mail('bad'), how);
  await supervisor.start();
  await becomes('watching');
  const [entry] = await quarantine.list();
  await assert.rejects(quarantine.process(entry?.id ?? ''), refused);
  assert.equal((await quarantine.list()).length, 1, 'while it cannot be had it stays');

  mailbox.mend(position);
  await quarantine.process(entry?.id ?? '');
  await stored(1);
  assert.deepEqual(await quarantine.list(), []);
  const [{ id = '', receivedAt } = {}] = (await store.messages.list({ limit: 1 })).items;
  assert.equal(receivedAt, how.receivedAt);
  const { items } = await store.deliveries.list({ messageId: id, limit: 10 });
  assert.deepEqual(
    items.map(({ target, state }) => [target.id, state]),
    [['dst_hook', 'pending']],
  );
  await until('it is acted on', () => mailbox.acted.length === 1);
  assert.deepEqual({ ...mailbox.acted[0]?.position }, position);
});

test('Process again of what is on its server no longer says so, and the entry stays', async (t) => {
  const { addServer, supervisor, quarantine, becomes } = await startTaking(t);
  const { mailbox } = await addServer();
  const position = mailbox.deliver(mail('bad'), { unreadable: refused });
  await supervisor.start();
  await becomes('watching');
  mailbox.remove(position);
  const [entry] = await quarantine.list();
  await assert.rejects(quarantine.process(entry?.id ?? ''), { code: 'quarantine.gone' });
  assert.equal((await quarantine.list()).length, 1);
});

test('what our own parser fails at is kept byte for byte, delivered with its raw source, and flagged', async (t) => {
  const { addServer, supervisor, stored, store, events, becomes } = await startTaking(t);
  const told: string[] = [];
  events.on('message.quarantined', ({ problem }) => told.push(problem.code));
  const { mailbox } = await addServer();
  const receivedAt = '2026-11-20T08:00:00.000Z';
  const [small, large] = [mail('small'), Buffer.concat([mail('large'), randomBytes(1_500_000)])];
  for (const bytes of [small, large]) mailbox.deliver(bytes, { ...unparsable(bytes), receivedAt });
  mailbox.deliver(mail('good'));
  await supervisor.start();
  await stored(3);
  await becomes('watching');

  const entries = (await store.quarantine.list()).toReversed();
  assert.equal(entries.length, 2);
  for (const [n, bytes] of [small, large].entries()) {
    const { messageId, problem, receivedAt: at } = entries[n] ?? {};
    assert.deepEqual([problem?.code, at], ['message.unparsable', receivedAt]);
    const message = await store.messages.get(messageId ?? '');
    assert.equal(message?.sha256, createHash('sha256').update(bytes).digest('hex'));
    assert.equal(message?.size, bytes.length);
    assert.match(message?.defects[0] ?? '', /unparsable/);
    assert.ok((await readAll(store.messages.raw(messageId ?? ''))).equals(bytes));
  }
  assert.equal((await store.deliveries.counts()).pending, 3);
  assert.deepEqual(told, ['message.unparsable', 'message.unparsable']);
});

test('after Process again it is understood, delivered again, and recognised wherever it lies later', async (t) => {
  const { addServer, supervisor, stored, store, quarantine, becomes } = await startTaking(t);
  const { server, mailbox } = await addServer();
  const bytes = mail('bad');
  mailbox.deliver(bytes, unparsable(bytes));
  await supervisor.start();
  await stored(1);
  await becomes('watching');
  const [entry] = await quarantine.list();
  const [delivery] = (await store.deliveries.list({ limit: 1 })).items;
  assert.ok(delivery);
  await store.deliveries.settle({ ...delivery, state: 'delivered', attempts: 1 });

  await quarantine.process(entry?.id ?? '');
  assert.equal((await store.messages.get(entry?.messageId ?? ''))?.subject, 'bad');
  const [replayed] = (await store.deliveries.list({ limit: 10 })).items;
  assert.deepEqual([replayed?.id, replayed?.state], [delivery.id, 'pending']);
  assert.deepEqual(await quarantine.list(), []);

  const { content, size, sha256, fingerprint } = parseMessage(bytes);
  const position = { folder: 'INBOX', validity: '2', uid: '1' };
  const receivedAt = new Date().toISOString();
  const [again] = await store.messages.receive(server, [
    {
      ...{ content, size, sha256, fingerprint, position, receivedAt },
      announced: { receivedAt: null, size: null, messageId: null },
      ...{ cursor: null, raw: { bytes }, destinationIds: ['dst_hook'], quarantine: null },
    },
  ]);
  assert.equal(again?.outcome, 'recognised');
});

test('what could not be had, and then cannot be parsed, is in quarantine still, now with its bytes', async (t) => {
  const { addServer, supervisor, quarantine, becomes, store } = await startTaking(t);
  const { mailbox } = await addServer();
  const bytes = mail('bad');
  const position = mailbox.deliver(bytes, { unreadable: refused, receivedAt: '2026-11-20T08:00:00.000Z' });
  await supervisor.start();
  await becomes('watching');
  const [before] = await quarantine.list();
  let times = 0;
  async function* whole() {
    yield bytes;
  }
  mailbox.mend(position, { refetch: () => (times++ === 0 ? stumbling(bytes) : whole()) });
  await quarantine.process(before?.id ?? '');
  const [after, ...others] = await quarantine.list();
  assert.deepEqual(others, []);
  assert.deepEqual([after?.id, after?.problem.code], [before?.id, 'message.unparsable']);
  assert.ok((await readAll(store.messages.raw(after?.messageId ?? ''))).equals(bytes));
  await quarantine.process(after?.id ?? '');
  assert.deepEqual(await quarantine.list(), []);
});

test('a message at which the connection breaks is neither stored in part nor quarantined', async (t) => {
  const { addServer, supervisor, stored, store, folder, becomes } = await startTaking(t);
  const { mailbox } = await addServer();
  const bytes = Buffer.concat([mail('large'), randomBytes(3_000_000)]);
  let times = 0;
  async function* read() {
    yield bytes.subarray(0, 2_000_000);
    if (times++ < 2) throw connectionBroken();
    yield bytes.subarray(2_000_000);
  }
  mailbox.deliver(bytes, { read });
  await supervisor.start();
  await stored(1);
  await becomes('watching');
  assert.deepEqual(await store.quarantine.list(), []);
  const [{ id = '' } = {}] = (await store.messages.list({ limit: 1 })).items;
  assert.ok((await readAll(store.messages.raw(id))).equals(bytes));
  assert.equal(sourcesIn(folder), 1, 'what was spooled in vain is gone');
});

test('while the store is full, a large message that is read again and again takes no more room each time', async (t) => {
  const { addServer, supervisor, folder } = await startTaking(t, {
    seen: (store) => ({
      ...store,
      messages: {
        ...store.messages,
        receive: async () => {
          throw connectionBroken('later', 'store.full', 'full');
        },
      },
    }),
  });
  const { mailbox } = await addServer();
  for (let n = 0; n < 2; n++) mailbox.deliver(Buffer.concat([mail(`large-${n}`), randomBytes(1_100_000)]));
  await supervisor.start();
  await until('it was read some times', () => mailbox.readings.length >= 4);
  await supervisor.stop();
  assert.equal(sourcesIn(folder), 0);
});

/** How many raw sources lie in the store, whoever names them. */
function sourcesIn(folder: string): number {
  const database = new DatabaseSync(join(folder, 'letterbox.sqlite'), { readOnly: true });
  try {
    return Number(database.prepare('SELECT count(DISTINCT source_id) AS n FROM source_chunk').get()?.n);
  } finally {
    database.close();
  }
}
