import assert from 'node:assert/strict';
import { test } from 'node:test';
import { put } from '../resources/fixtures.ts';
import { mailServer, openStore, receipt } from './fixtures.ts';

test('what is stored or quarantined is known by its position, in its folder and on its server only', async (t) => {
  const store = await openStore(t);
  const server = mailServer();
  await put(store, 'server', server);
  const place = { folder: 'INBOX', validity: '' };
  const uids = Array.from({ length: 1_200 }, (_, n) => `id-${n}`);
  await store.messages.receive(
    server,
    uids.slice(0, 1_100).map((uid, n) => receipt(n, uid, { position: { ...place, uid } })),
  );
  await store.quarantine.add(
    {
      id: 'qrn_1',
      serverId: server.id,
      position: { ...place, uid: 'id-1150' },
      receivedAt: null,
      messageId: null,
      problem: {
        code: 'message.unreadable',
        kind: 'message',
        title: 'Not given',
        remedy: 'None.',
        retry: 'no',
      },
      quarantinedAt: new Date().toISOString(),
      state: 'quarantined',
      looks: 0,
      nextLookAt: null,
    },
    null,
  );
  assert.deepEqual(
    [...(await store.messages.known(server.id, place, uids)).keys()].toSorted(),
    [...uids.slice(0, 1_100), 'id-1150'].toSorted(),
  );
  for (const elsewhere of [
    { ...place, folder: 'Orders' },
    { ...place, validity: '1' },
  ])
    assert.equal((await store.messages.known(server.id, elsewhere, uids)).size, 0);
  assert.equal((await store.messages.known('srv_other', place, uids)).size, 0);
  assert.equal((await store.messages.known(server.id, place, [])).size, 0);
});
