import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bigMail, makeMail } from '../../lab/mail.ts';
import { mailbox, startWorld, until, type World } from '../end-to-end/world.ts';
import { addOutgoing, inbox } from '../outgoing/letterbox.ts';

const archive = 'archive@contoso.example';

/** A running Letterbox that forwards everything to the archive. */
async function forwarding(
  t: Parameters<typeof startWorld>[0],
  fields: object = {},
  mails: Uint8Array[] = [],
) {
  const world = await startWorld(t);
  for (const mail of mails) await world.dovecot.deliver(mailbox, mail);
  const letterbox = await world.open();
  await letterbox.start();
  const outgoing = await addOutgoing(world, letterbox, fields);
  const { administration } = letterbox;
  const destination = await administration.destinations.create({
    name: 'Archive',
    kind: 'forward',
    recipient: archive,
    outgoingServerId: outgoing.id,
  });
  const { server } = await world.setUp(letterbox);
  const arrive = (count: number) =>
    until(`${count} are in the archive`, async () => (await inbox(world, archive)).length === count);
  return { world, letterbox, administration, outgoing, destination, server, arrive };
}

const lmtp = ({ dovecot }: World) => ({
  kind: 'lmtp',
  port: dovecot.lmtpPort,
  host: 'localhost',
  security: 'none',
  profileId: null,
});

test('the original goes to the archive unchanged, by submission, in an envelope of the server’s address', async (t) => {
  const mails = Array.from({ length: 20 }, (_, n) => makeMail(n));
  const { world, arrive, administration, destination } = await forwarding(t, {}, mails);
  await arrive(20);
  const arrived = await inbox(world, archive);
  for (const mail of mails.map((bytes) => bytes.toString('latin1')))
    assert.equal(arrived.filter(({ source }) => source.endsWith(mail)).length, 1);
  for (const { source } of arrived) assert.match(source, new RegExp(`^Return-Path: <${mailbox}>`));
  const list = async () => (await administration.deliveries.list({ destinationId: destination.id })).items;
  await until('it is written down', async () => (await list()).every(({ state }) => state === 'delivered'));
  assert.ok((await list()).every(({ attempts }) => attempts === 1));
});

test('a mail of 50 MB is forwarded whole, by LMTP', async (t) => {
  const { world, arrive, administration, outgoing } = await forwarding(t);
  await administration.outgoingServers.update(outgoing.id, lmtp(world));
  await world.dovecot.deliver(mailbox, bigMail(50 * 1024 * 1024));
  await arrive(1);
  const [arrived] = await inbox(world, archive);
  assert.ok((arrived?.source.length ?? 0) > 50 * 1024 * 1024);
});

test('while the outgoing server is switched off the mail waits, and goes when it is on again', async (t) => {
  const { world, arrive, administration, outgoing, destination } = await forwarding(t);
  await administration.outgoingServers.update(outgoing.id, { enabled: false });
  await world.dovecot.deliver(mailbox, makeMail(1));
  await until('it says why it waits', async () => {
    const [delivery] = (await administration.deliveries.list({ destinationId: destination.id })).items;
    return delivery?.problem?.code === 'forward.no-server';
  });
  assert.equal((await inbox(world, archive)).length, 0);
  await administration.outgoingServers.update(outgoing.id, { enabled: true });
  await arrive(1);
});

test('a forward is refused where it cannot work: through Graph, in a circle, or without its fields', async (t) => {
  const { administration, outgoing, destination, server } = await forwarding(t);
  const forward = { name: 'More', kind: 'forward', recipient: archive, outgoingServerId: outgoing.id };
  const refused = async (input: object) => {
    try {
      await administration.destinations.create(input);
    } catch (error) {
      return (error as { fields?: { field: string }[] }).fields?.map(({ field }) => field);
    }
    return assert.fail('it was taken');
  };
  assert.deepEqual(await refused({ ...forward, recipient: mailbox.toUpperCase(), servers: [server.id] }), [
    'recipient',
  ]);
  assert.deepEqual(await refused({ ...forward, outgoingServerId: 'ogs_gone' }), ['outgoingServerId']);
  assert.deepEqual(await refused({ name: 'More', kind: 'forward' }), ['recipient', 'outgoingServerId']);
  assert.deepEqual(await refused({ ...forward, url: 'https://x.example' }), ['url']);
  assert.deepEqual(await refused({ name: 'More', recipient: archive }), ['url', 'recipient']);

  await assert.rejects(administration.destinations.update(destination.id, { kind: 'webhook' }), {
    code: 'input.invalid',
  });
  await assert.rejects(administration.destinations.rotateSecret(destination.id), {
    code: 'destination.not-signed',
  });
  await assert.rejects(administration.outgoingServers.remove(outgoing.id), {
    code: 'outgoing-server.in-use',
  });
});
