import assert from 'node:assert/strict';
import { test } from 'node:test';
import { put } from '../resources/fixtures.ts';
import { mailServer, openStore, receipt } from './fixtures.ts';

test('a batch leaves the cursor of its last message: everything before that one is settled, and nothing after it', async (t) => {
  const store = await openStore(t);
  const server = mailServer();
  await put(store, 'server', server);
  await store.messages.receive(
    server,
    [1, 2, 3].map((uid) => receipt(uid, `${uid}`)),
  );
  assert.equal(await store.mailboxes.cursor(server.id), 'up to 3');
  // Out of turn: it says nothing of what lies before it.
  await store.messages.receive(server, [receipt(9, '9', { cursor: null })]);
  assert.equal(await store.mailboxes.cursor(server.id), 'up to 3');
  // Known already, and the cursor moves on all the same.
  await store.messages.receive(server, [receipt(4, '4'), receipt(9, '9')]);
  assert.equal(await store.mailboxes.cursor(server.id), 'up to 9');
});
