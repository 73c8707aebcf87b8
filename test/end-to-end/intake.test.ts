import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLabAuthority } from '../../lab/certificates.ts';
import { startDovecot } from '../../lab/dovecot/index.ts';
import { bigMail, makeMail } from '../../lab/mail.ts';
import { readAll } from '../store/fixtures.ts';
import { mailbox, startWorld, until, type World } from './world.ts';

const mails = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => makeMail(from + n));

/** A running Letterbox on a mailbox with ten messages, all of them stored and delivered. */
async function running(t: Parameters<typeof startWorld>[0], server: Parameters<World['setUp']>[1] = {}) {
  const world = await startWorld(t);
  await world.dovecot.fill(mailbox, mails(0, 10));
  const letterbox = await world.open();
  await letterbox.start();
  const made = await world.setUp(letterbox, server);
  const { store, administration } = letterbox;
  const delivered = (count: number) =>
    until(
      `${count} messages are delivered`,
      async () => (await store.deliveries.counts()).delivered >= count,
    );
  const condition = async () => (await administration.servers.get(made.server.id)).state;
  await delivered(10);
  return { world, letterbox, ...made, delivered, condition };
}

test('mail that arrives is stored byte for byte and delivered, signed, at once', async (t) => {
  const { world, letterbox, delivered } = await running(t);
  await world.dovecot.deliver(mailbox, makeMail(10));
  await delivered(11);
  assert.ok(world.receiver.requests.every(({ verified }) => verified));
  const hashes = world.receiver.requests.map(({ body }) => JSON.parse(body).data.sha256);
  const onServer = (await world.dovecot.messages(mailbox)).map(({ sha256 }) => sha256);
  assert.deepEqual(hashes.toSorted(), onServer.toSorted());
  assert.equal(await letterbox.store.messages.count(), 11);
});

test('a UIDVALIDITY reset loses nothing and delivers nothing twice', async (t) => {
  const { world, letterbox, delivered } = await running(t);
  await world.dovecot.resetUidValidity(mailbox, 'INBOX');
  await world.dovecot.deliver(mailbox, makeMail(10));
  await delivered(11);
  assert.equal(await letterbox.store.messages.count(), 11);
  assert.equal(world.receiver.requests.length, 11);
});

test('while the mail server is down its state says so; afterwards mail comes in again by itself', async (t) => {
  const { world, delivered, condition } = await running(t);
  await world.dovecot.stop();
  await until('the server is shown as failing', async () => (await condition()).condition === 'failing');
  const { problem } = await condition();
  assert.match(problem?.code ?? '', /^imap\./);
  assert.ok(problem?.remedy);
  await world.dovecot.restart();
  await world.dovecot.deliver(mailbox, makeMail(10));
  await delivered(11);
  assert.equal((await condition()).condition, 'watching');
});

test('a folder to move to that is missing is shown, harms nothing, and is made up for once it exists', async (t) => {
  const { world, letterbox, delivered, condition } = await running(t, {
    afterIntake: { action: 'move', folder: 'Taken' },
  });
  await until('the missing folder is shown', async () => (await condition()).problem !== null);
  await world.dovecot.deliver(mailbox, makeMail(10));
  await delivered(11);
  await world.dovecot.createFolder(mailbox, 'Taken');
  await until(
    'all are moved',
    async () => (await world.dovecot.messages(mailbox, 'Taken')).length === 11,
    90,
  );
  await until('the problem is gone', async () => (await condition()).problem === null);
  assert.equal(await letterbox.store.messages.count(), 11);
  assert.equal(world.receiver.requests.length, 11);
});

test('a mail server whose certificate nobody vouches for is refused, and the state says why', async (t) => {
  const world = await startWorld(t);
  const letterbox = await world.open();
  await letterbox.start();
  const stranger = await startDovecot({
    folder: join(world.folder, 'stranger'),
    authority: world.authority,
    certificates: await createLabAuthority(join(world.folder, 'unknown-authority')),
  });
  world.after(stranger.stop);
  const { server } = await world.setUp(letterbox, { port: stranger.imapsPort });
  await until(
    'the certificate is refused',
    async () =>
      (await letterbox.administration.servers.get(server.id)).state.problem?.code === 'imap.certificate',
  );
  assert.equal(await letterbox.store.messages.count(), 0);
});

test('a message of 100 MB comes in whole, in bounded memory, and its attachment comes out whole', async (t) => {
  const world = await startWorld(t);
  const bytes = 100 * 1024 * 1024;
  await world.dovecot.deliver(mailbox, bigMail(bytes));
  const letterbox = await world.open();
  const { server } = await world.setUp(letterbox);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
  world.after(() => clearInterval(watch));
  assert.equal((await letterbox.administration.servers.syncOnce(server.id)).stored, 1);
  assert.ok(peak - before < bytes, `grew by ${Math.round((peak - before) / 2 ** 20)} MiB`);
  const [summary] = (await letterbox.store.messages.list({ limit: 1 })).items;
  const message = await letterbox.administration.messages.get(summary?.id ?? '');
  assert.ok(message.size >= bytes);
  assert.equal(message.sha256, (await world.dovecot.messages(mailbox))[0]?.sha256);
  const [attachment] = message.attachments;
  assert.ok(attachment);
  const hash = createHash('sha256');
  for await (const chunk of letterbox.administration.messages.attachment(message, attachment))
    hash.update(chunk);
  assert.equal(hash.digest('hex'), attachment.sha256);
});

test('a message over the limit waits in quarantine, stops nothing, and comes in when asked for', async (t) => {
  const world = await startWorld(t);
  await world.dovecot.deliver(mailbox, bigMail(2 * 1024 * 1024));
  await world.dovecot.deliver(mailbox, makeMail(1));
  const letterbox = await world.open({ intake: { maxMessageBytes: 1024 * 1024 } });
  const { server } = await world.setUp(letterbox);
  const counts = await letterbox.administration.servers.syncOnce(server.id);
  assert.deepEqual(counts, { stored: 1, recognised: 0, waiting: 0, quarantined: 1 });
  const again = await letterbox.administration.servers.syncOnce(server.id);
  assert.deepEqual(again, { stored: 0, recognised: 0, waiting: 0, quarantined: 0 });
  const [entry] = await letterbox.administration.quarantine.list();
  assert.equal(entry?.problem.code, 'message.too-large');
  assert.equal(entry?.serverId, server.id);
  await letterbox.close();

  const { administration, store } = await world.open();
  await administration.quarantine.process(entry?.id ?? '');
  assert.equal(await store.messages.count(), 2);
  assert.deepEqual(await administration.quarantine.list(), []);
});

test('an administrator’s raw source is the mail as the server has it', async (t) => {
  const { world, letterbox } = await running(t);
  const { items } = await letterbox.store.messages.list({ limit: 10 });
  const hashes = await Promise.all(
    items.map(async ({ id }) =>
      createHash('sha256')
        .update(await readAll(letterbox.administration.messages.raw(id)))
        .digest('hex'),
    ),
  );
  const onServer = (await world.dovecot.messages(mailbox)).map(({ sha256 }) => sha256);
  assert.deepEqual(hashes.toSorted(), onServer.toSorted());
});
