import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeMail } from '../../lab/mail.ts';
import type { Letterbox } from '../../src/app.ts';
import { mailbox, peek, spawnServer, startWorld, until } from './world.ts';

const mails = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => makeMail(from + n));
const pop3 = { protocol: 'pop3' } as const;

/** So many are delivered, and nothing is owed to the mail server any more. */
async function isDone({ store }: Letterbox, serverId: string, count: number): Promise<boolean> {
  const { delivered } = await store.deliveries.counts();
  return delivered === count && (await store.mailboxes.nextAction(serverId)) === null;
}

test('by POP3 mail comes in byte for byte, exactly once, and is deleted once it is safe here', async (t) => {
  const world = await startWorld(t);
  await world.dovecot.fill(mailbox, mails(0, 30));
  const sent = (await world.dovecot.messages(mailbox)).map(({ sha256 }) => sha256);
  const letterbox = await world.open({ intake: { reconcileSeconds: 0.5 } });
  await letterbox.start();
  const { server } = await world.setUp(letterbox, {
    ...pop3,
    port: world.dovecot.pop3sPort,
    afterIntake: { action: 'delete' },
  });
  await until('all are delivered', () => isDone(letterbox, server.id, 30));
  await world.dovecot.deliver(mailbox, makeMail(30));
  await until('a new one as well', () => isDone(letterbox, server.id, 31));
  assert.deepEqual(await world.dovecot.messages(mailbox), []);
  const received = world.receiver.requests.map(({ body }) => JSON.parse(body).data.sha256);
  assert.equal(received.length, 31);
  assert.deepEqual(received.filter((hash) => sent.includes(hash)).toSorted(), sent.toSorted());
});

test('by POP3 messages to be deleted after some days stay, and come in once', async (t) => {
  const world = await startWorld(t);
  await world.dovecot.fill(mailbox, mails(0, 10));
  const letterbox = await world.open();
  const { server } = await world.setUp(letterbox, {
    ...pop3,
    port: world.dovecot.pop3sPort,
    afterIntake: { action: 'delete', afterDays: 3 },
  });
  const { servers } = letterbox.administration;
  assert.deepEqual(await servers.syncOnce(server.id), {
    stored: 10,
    recognised: 0,
    waiting: 0,
    quarantined: 0,
  });
  assert.deepEqual(await servers.syncOnce(server.id), {
    stored: 0,
    recognised: 0,
    waiting: 0,
    quarantined: 0,
  });
  assert.equal((await world.dovecot.messages(mailbox)).length, 10);
  const due = await letterbox.store.mailboxes.nextAction(server.id);
  assert.ok(Date.parse(due ?? '') > Date.now() + 2.9 * 24 * 3_600_000);
});

test('by POP3 a process that is killed again and again loses nothing and doubles nothing', async (t) => {
  const world = await startWorld(t);
  const count = 1_000;
  await world.dovecot.fill(mailbox, mails(0, count));
  const letterbox = await world.open();
  const { server } = await world.setUp(letterbox, {
    ...pop3,
    port: world.dovecot.pop3sPort,
    afterIntake: { action: 'delete' },
  });
  await letterbox.close();
  for (const share of [0.1, 0.5, 0.8]) {
    const running = spawnServer(world);
    await until(`${share * count} are stored`, () => {
      running.assertRunning();
      return peek(world.dataFolder).messages >= share * count;
    });
    await running.kill();
  }
  const last = await world.open();
  await last.start();
  await until('all are delivered', () => isDone(last, server.id, count));
  assert.deepEqual(await world.dovecot.messages(mailbox), []);
  assert.equal(await last.store.messages.count(), count);
  const ids = new Set(world.receiver.requests.map(({ id }) => id));
  assert.equal(ids.size, count);
});
