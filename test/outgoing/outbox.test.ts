import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../end-to-end/world.ts';
import { put } from '../resources/fixtures.ts';
import { content, mailServer, readAll, receipt } from '../store/fixtures.ts';
import { startOutbox } from './outbox-world.ts';

const three = ['a', 'b', 'c'].map((name) => ({ name: '', address: `${name}@x.example` }));

test('a mail in the outbox is sent once, as the very bytes that were composed', async (t) => {
  const { store, smtp, dispatch, add, settled, states } = await startOutbox(t);
  const id = await add();
  const dispatcher = await dispatch();
  await settled(id, 'delivered');
  dispatcher.wake();
  await dispatcher.stop();
  assert.equal(smtp.messages.length, 1);
  const source = (await readAll(store.outbox.raw(id))).toString('latin1');
  assert.equal(`${smtp.messages[0]?.source}\r\n`, source);
  assert.equal(smtp.messages[0]?.from, 'support@contoso.example');
  assert.deepEqual(await states(id), { 'ann@x.example': 'accepted' });
});

test('after a crash between the server’s yes and its record the same bytes go out under the same Message-ID', async (t) => {
  const { store, smtp, dispatch, add, settled, delivery } = await startOutbox(t);
  const id = await add();
  const killed = async () => {
    throw new Error('killed');
  };
  await dispatch({
    ...store,
    outbox: { ...store.outbox, answered: killed },
    deliveries: { ...store.deliveries, settle: killed, release: async () => undefined },
  });
  await until('the server has it', () => smtp.messages.length === 1);
  assert.equal((await delivery(id)).state, 'pending');
  await dispatch();
  await settled(id, 'delivered');
  assert.equal(smtp.messages.length, 2);
  const [first, second] = smtp.messages;
  assert.deepEqual(first, second);
  assert.match(first?.source ?? '', new RegExp(`^Message-ID: <${id}@contoso\\.example>`, 'im'));
});

test('while the store cannot write, what was sent is not sent again', async (t) => {
  const { store, smtp, dispatch, add, settled, states } = await startOutbox(t);
  const id = await add();
  let failures = 0;
  await dispatch({
    ...store,
    outbox: {
      ...store.outbox,
      async answered(...parameters) {
        if (++failures < 3) throw new Error('the disk is full');
        await store.outbox.answered(...parameters);
      },
    },
  });
  await settled(id, 'delivered');
  assert.equal(failures, 3);
  assert.equal(smtp.messages.length, 1);
  assert.deepEqual(await states(id), { 'ann@x.example': 'accepted' });
});

test('who has the mail does not get it again while others wait; who refuses it is not asked again', async (t) => {
  let full = true;
  const { smtp, dispatch, add, settled, states, delivery } = await startOutbox(t, {
    answer: (command) => {
      if (command.startsWith('RCPT TO:<b@')) return full ? '452 4.2.2 Mailbox full' : undefined;
      return command.startsWith('RCPT TO:<c@') ? '550 5.1.1 User unknown' : undefined;
    },
  });
  const id = await add({ to: three });
  await dispatch();
  await until('it was tried again', async () => (await delivery(id)).attempts > 2);
  assert.deepEqual(await states(id), {
    'a@x.example': 'accepted',
    'b@x.example': 'waiting',
    'c@x.example': 'rejected',
  });
  full = false;
  await settled(id, 'dead');
  assert.deepEqual(await states(id), {
    'a@x.example': 'accepted',
    'b@x.example': 'accepted',
    'c@x.example': 'rejected',
  });
  assert.deepEqual(
    smtp.messages.map(({ to }) => to),
    [['a@x.example'], ['b@x.example']],
  );
  const asked = (name: string) => smtp.commands.filter((one) => one.startsWith(`RCPT TO:<${name}@`)).length;
  assert.equal(asked('a'), 1);
  assert.equal(asked('c'), 1);
  assert.match((await delivery(id)).problem?.detail ?? '', /User unknown/);
});

test('a replay asks those again who did not take it; of a mail that all have, everyone', async (t) => {
  let known = false;
  const { store, smtp, dispatch, add, settled, states } = await startOutbox(t, {
    answer: (command) => (command.startsWith('RCPT TO:<c@') && !known ? '550 5.1.1 User unknown' : undefined),
  });
  const id = await add({ to: three });
  const dispatcher = await dispatch();
  await settled(id, 'dead');
  known = true;
  await store.deliveries.replay({ state: 'dead' });
  dispatcher.wake();
  await settled(id, 'delivered');
  assert.deepEqual(
    smtp.messages.map(({ to }) => to.length),
    [2, 1],
  );
  assert.deepEqual(new Set(Object.values(await states(id))), new Set(['accepted']));

  const [again] = (await store.deliveries.list({ messageId: id, limit: 1 })).items;
  await store.deliveries.replay({ ids: [again?.id ?? ''] });
  dispatcher.wake();
  await until('everyone has it again', () => smtp.messages.length === 3);
  assert.equal(smtp.messages[2]?.to.length, 3);
});

test('answers in a thread go out in their order, other mail meanwhile', async (t) => {
  let open = false;
  const { store, smtp, dispatch, add, settled } = await startOutbox(t, {
    answer: (command) => (command.startsWith('RCPT TO:<first@') && !open ? '450 4.2.0 Later' : undefined),
  });
  await put(store, 'server', mailServer());
  const [question] = await store.messages.receive(mailServer(), [
    receipt(1, 'question', { content: content({ messageId: 'question@x' }), destinationIds: [] }),
  ]);
  const message = await store.messages.get(question?.messageId ?? '');
  assert.ok(message);
  const to = (name: string) => [{ name: '', address: `${name}@x.example` }];
  const first = await add({ to: to('first'), answers: message });
  const second = await add({ to: to('second'), answers: message });
  const other = await add({ to: to('other') });
  await dispatch();
  await settled(other, 'delivered');
  await until('the first was tried', () => smtp.commands.some((command) => command.includes('<first@')));
  assert.ok(!smtp.commands.some((command) => command.includes('<second@')));
  open = true;
  await settled(first, 'delivered');
  await settled(second, 'delivered');
  assert.deepEqual(
    smtp.messages.map(({ to: [recipient] }) => recipient),
    ['other@x.example', 'first@x.example', 'second@x.example'],
  );
});

test('one recipient that is deferred again and again does not open the circuit of the server; a server that is down does', async (t) => {
  let refusing = true;
  const { smtp, dispatch, add, settled, delivery, events } = await startOutbox(
    t,
    {
      answer: (command) => {
        if (command.startsWith('RCPT TO:<b@')) return '450 4.2.0 Greylisted';
        return refusing && command.startsWith('MAIL') ? '421 4.4.1 Shutting down' : undefined;
      },
    },
    { circuitFailures: 3, circuitSeconds: 0.3 },
  );
  const opened: boolean[] = [];
  events.on('destination.circuit', ({ open }) => opened.push(open));
  const good = await add();
  await dispatch();
  await until('it opens', () => opened.length > 0);
  refusing = false;
  await settled(good, 'delivered');
  await until('it works again', () => opened.at(-1) === false);

  const deferred = await add({ to: three.slice(1, 2) });
  (await dispatch()).wake();
  await until('it was tried often', async () => (await delivery(deferred)).attempts > 4);
  assert.equal(opened.at(-1), false);
  assert.equal(smtp.messages.length, 1);
});

test('an answer to our mail belongs to the thread of the message that it answered', async (t) => {
  const { store, add } = await startOutbox(t);
  await put(store, 'server', mailServer());
  const [question] = await store.messages.receive(mailServer(), [
    receipt(1, 'question', { content: content({ messageId: 'question@x' }), destinationIds: [] }),
  ]);
  const message = await store.messages.get(question?.messageId ?? '');
  assert.ok(message);
  const reply = await store.outbox.get(await add({ answers: message }));
  const [thanks] = await store.messages.receive(mailServer(), [
    receipt(2, 'thanks', {
      content: content({ messageId: 'thanks@x', inReplyTo: [reply?.messageId ?? ''] }),
      destinationIds: [],
    }),
  ]);
  assert.equal((await store.messages.get(thanks?.messageId ?? ''))?.threadId, message.threadId);
});

test('retention removes sent mails and their sources, never what is still to be sent', async (t) => {
  const { store, dispatch, add, settled } = await startOutbox(t, {
    answer: (command) => (command.startsWith('RCPT TO:<b@') ? '450 4.2.0 Later' : undefined),
  });
  const sent = await add();
  const waiting = await add({ to: three });
  const dispatcher = await dispatch();
  await settled(sent, 'delivered');
  await dispatcher.stop();
  const future = new Date(Date.now() + 60_000).toISOString();
  const repliesBefore = future;
  await store.outbox.expire({ sourcesBefore: future, messagesBefore: null, repliesBefore });
  await assert.rejects(readAll(store.outbox.raw(sent)), { code: 'message.source-expired' });
  assert.ok((await readAll(store.outbox.raw(waiting))).length > 0);
  assert.equal(await store.outbox.expire({ sourcesBefore: null, messagesBefore: future, repliesBefore }), 1);
  assert.equal(await store.outbox.get(sent), null);
  assert.ok(await store.outbox.get(waiting));
});

test('a mail whose source was spooled is sent like any other', async (t) => {
  const { store, smtp, server, dispatch, settled } = await startOutbox(t);
  const spool = await store.messages.spool();
  const line = `${'x'.repeat(76)}\r\n`;
  await spool.append(Buffer.from(`Subject: large\r\n\r\n${line.repeat(10_000)}`));
  await spool.finish();
  const size = 18 + line.length * 10_000;
  await store.outbox.add([
    {
      mail: {
        id: 'out_large',
        serverId: server.id,
        sender: server.address,
        recipients: [{ address: 'ann@x.example', state: 'waiting', problem: null }],
        messageId: 'large@contoso.example',
        subject: 'large',
        inReplyTo: null,
        threadId: 'out_large',
        size,
        createdAt: new Date().toISOString(),
      },
      raw: { sourceId: spool.sourceId },
    },
  ]);
  await dispatch();
  await settled('out_large', 'delivered');
  assert.equal(`${smtp.messages[0]?.source}\r\n`.length, size);
});
