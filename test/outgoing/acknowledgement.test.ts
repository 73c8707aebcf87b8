import assert from 'node:assert/strict';
import { utimesSync } from 'node:fs';
import { test } from 'node:test';
import { mailbox, startWorld, until } from '../end-to-end/world.ts';
import { addOutgoing, inbox, incoming } from './letterbox.ts';

const text = 'Dear {name},\n\nyour mail “{subject}” of {date} has arrived at {mailbox}.\n';

/** A running Letterbox whose mailbox answers new mail. */
async function answering(t: Parameters<typeof startWorld>[0], before: Buffer[] = []) {
  const world = await startWorld(t);
  for (const mail of before) await world.dovecot.deliver(mailbox, mail);
  // The file's time is when the mail server received it.
  const yesterday = new Date(Date.now() - 24 * 60 * 60_000);
  for (const { file } of await world.dovecot.messages(mailbox)) utimesSync(file, yesterday, yesterday);
  const letterbox = await world.open();
  await letterbox.start();
  const outgoing = await addOutgoing(world, letterbox);
  const { server } = await world.setUp(letterbox, {
    acknowledgement: { outgoingServerId: outgoing.id, subject: 'Re: {subject}', text },
  });
  const stored = (count: number) =>
    until(`${count} messages are stored`, async () => (await letterbox.store.messages.count()) === count);
  const arrives = (user: string, count = 1) =>
    until(`${user} has ${count}`, async () => (await inbox(world, user)).length === count);
  return { world, letterbox, outgoing, server, stored, arrives };
}

test('RFC 3834: a new mail is answered once, in its thread, so that nobody answers back', async (t) => {
  const { world, arrives } = await answering(t);
  await world.dovecot.deliver(mailbox, incoming('Re: Printer on fire'));
  await arrives('ann@fabrikam.example');
  const [answer] = await inbox(world, 'ann@fabrikam.example');
  assert.equal(answer?.subject, 'Re: Printer on fire');
  const today = new Date().toISOString().slice(0, 10);
  assert.equal(
    answer?.text?.replaceAll('\r\n', '\n').trim(),
    `Dear ann@fabrikam.example,\n\nyour mail “Printer on fire” of ${today} has arrived at ${mailbox}.`,
  );
  assert.deepEqual(answer?.inReplyTo, ['Re--Printer-on-fire@fabrikam.example']);
  assert.match(answer?.source ?? '', /^Return-Path: <>/);
  assert.match(answer?.source ?? '', /^Auto-Submitted: auto-replied/m);
});

test('exactly once: neither a sync, a restart nor a renumbered mailbox answers again', async (t) => {
  const { world, letterbox, server, arrives } = await answering(t);
  await world.dovecot.deliver(mailbox, incoming('Printer on fire'));
  await arrives('ann@fabrikam.example');
  await letterbox.administration.servers.syncOnce(server.id);
  await letterbox.close();
  await world.dovecot.resetUidValidity(mailbox);
  const again = await world.open();
  await again.start();
  await again.administration.servers.syncOnce(server.id);
  await again.administration.outgoing.list({});
  assert.equal((await again.administration.outgoing.list({})).items.length, 1);
  assert.equal((await inbox(world, 'ann@fabrikam.example')).length, 1);
});

test('one sender is answered once in some hours, whoever else writes meanwhile', async (t) => {
  const { world, letterbox, stored, arrives } = await answering(t);
  for (const subject of ['One', 'Two', 'Three']) await world.dovecot.deliver(mailbox, incoming(subject));
  await world.dovecot.deliver(mailbox, incoming('Four', [], 'bob@fabrikam.example'));
  await world.dovecot.deliver(
    mailbox,
    incoming('Five', ['Reply-To: ANN@fabrikam.example'], 'x@fabrikam.example'),
  );
  await stored(5);
  await arrives('ann@fabrikam.example');
  await arrives('bob@fabrikam.example');
  assert.equal((await letterbox.administration.outgoing.list({})).items.length, 2);
});

test('strangers named in Reply-To get nothing, and of many forged senders only some are answered', async (t) => {
  const { world, letterbox, stored } = await answering(t);
  for (let i = 0; i < 10; i++)
    await world.dovecot.deliver(mailbox, incoming(`Reply ${i}`, [`Reply-To: victim${i}@fabrikam.example`]));
  for (let i = 0; i < 30; i++)
    await world.dovecot.deliver(mailbox, incoming(`Forged ${i}`, [], `victim${i}@fabrikam.example`));
  await stored(40);
  // After a restart they are counted all the same.
  await letterbox.close();
  const again = await world.open();
  await again.start();
  await world.dovecot.deliver(mailbox, incoming('Forged 31', [], 'victim31@fabrikam.example'));
  await until('it is stored', async () => (await again.store.messages.count()) === 41);
  const { items } = await again.administration.outgoing.list({ limit: 100 });
  assert.equal(items.length, 20);
  for (const { inReplyTo } of items)
    assert.match((await again.store.messages.get(inReplyTo ?? ''))?.subject ?? '', /^Forged/);
});

test('mail from before the answers were switched on gets none, nor does automatic mail, nor our own', async (t) => {
  const old = incoming('Old', [], 'old@fabrikam.example');
  const { world, letterbox, stored, arrives } = await answering(t, [old]);
  await stored(1);
  const silent: [string, string[], string][] = [
    ['Away', ['Auto-Submitted: auto-replied'], 'away@fabrikam.example'],
    ['News', ['List-Id: <news.fabrikam.example>'], 'news@fabrikam.example'],
    ['Bounce', ['Return-Path: <>'], 'gone@fabrikam.example'],
    ['Shop', [], 'no-reply@fabrikam.example'],
    ['Loop', [], mailbox],
    ['Nobody', [], 'Undisclosed'],
  ];
  for (const [subject, fields, from] of silent)
    await world.dovecot.deliver(mailbox, incoming(subject, fields, from));
  await world.dovecot.deliver(mailbox, incoming('Last', [], 'last@fabrikam.example'));
  await stored(8);
  await arrives('last@fabrikam.example');
  const { items } = await letterbox.administration.outgoing.list({});
  assert.deepEqual(
    items.map(({ recipients: [to] }) => to?.address),
    ['last@fabrikam.example'],
  );
});

test('a name in braces that means nothing is refused at entry, and so is a server that does not exist', async (t) => {
  const { letterbox, server } = await answering(t);
  const { administration } = letterbox;
  const wrong = { outgoingServerId: 'ogs_gone', subject: 'Re: {Subject}', text: 'Ticket {number}' };
  await assert.rejects(administration.servers.update(server.id, { acknowledgement: wrong }), {
    code: 'input.invalid',
    fields: [
      {
        field: 'acknowledgement.outgoingServerId',
        expected: 'the id of an outgoing email server',
        given: 'ogs_gone',
      },
      {
        field: 'acknowledgement.subject',
        expected: 'of names in braces only {subject}, {name}, {address}, {mailbox}, {date}',
        given: '{Subject}',
      },
      {
        field: 'acknowledgement.text',
        expected: 'of names in braces only {subject}, {name}, {address}, {mailbox}, {date}',
        given: '{number}',
      },
    ],
  });
  const before = (await administration.servers.get(server.id)).acknowledgement;
  await administration.servers.update(server.id, {
    acknowledgement: { outgoingServerId: before?.outgoingServerId, text: 'Other words' },
  });
  const after = (await administration.servers.get(server.id)).acknowledgement;
  assert.equal(after?.since, before?.since);
  assert.equal(after?.text, 'Other words');
  await assert.rejects(administration.outgoingServers.remove(before?.outgoingServerId ?? ''), {
    code: 'outgoing-server.in-use',
  });
  await administration.servers.update(server.id, { acknowledgement: null });
  await administration.outgoingServers.remove(before?.outgoingServerId ?? '');
  assert.deepEqual(await administration.outgoingServers.list(), []);
});
