import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeMail } from '../../lab/mail.ts';
import { mailbox, peek, spawnServer, startWorld, until } from './world.ts';

const mails = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => makeMail(from + n));
const pop3 = { protocol: 'pop3' } as const;

test('by POP3 mail comes in byte for byte, exactly once, and is deleted once it is safe here', async (t) => {
  const world = await startWorld(t);
  await world.dovecot.fill(mailbox, mails(0, 30));
  const sent = (await world.dovecot.messages(mailbox)).map(({ sha256 }) => sha256);
  const letterbox = await world.open({ intake: { reconcileSeconds: 0.5 } });
  await letterbox.start();
  await world.setUp(letterbox, {
    ...pop3,
    port: world.dovecot.pop3sPort,
    afterIntake: { action: 'delete' },
  });
  const { store } = letterbox;
  const left = async () => (await world.dovecot.messages(mailbox)).length;
  await until('all are delivered and deleted', async () => {
    return (await store.deliveries.counts()).delivered === 30 && (await left()) === 0;
  });
  await world.dovecot.deliver(mailbox, makeMail(30));
  await until('a new one as well', async () => {
    return (await store.deliveries.counts()).delivered === 31 && (await left()) === 0;
  });
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
  assert.deepEqual(await servers.syncOnce(server.id), { stored: 10, recognised: 0, quarantined: 0 });
  assert.deepEqual(await servers.syncOnce(server.id), { stored: 0, recognised: 0, quarantined: 0 });
  assert.equal((await world.dovecot.messages(mailbox)).length, 10);
  const due = await letterbox.store.messages.nextAcknowledgement(server.id);
  assert.ok(Date.parse(due ?? '') > Date.now() + 2.9 * 24 * 3_600_000);
});

test('by POP3 a process that is killed again and again loses nothing and doubles nothing', async (t) => {
  const world = await startWorld(t);
  const count = 1_500;
  await world.dovecot.fill(mailbox, mails(0, count));
  const letterbox = await world.open();
  await world.setUp(letterbox, {
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
  await until('all are delivered', async () => (await last.store.deliveries.counts()).delivered === count);
  await until('all are deleted', async () => (await world.dovecot.messages(mailbox)).length === 0);
  assert.equal(await last.store.messages.count(), count);
  const ids = new Set(world.receiver.requests.map(({ id }) => id));
  assert.equal(ids.size, count);
});
