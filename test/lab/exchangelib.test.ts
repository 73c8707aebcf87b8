import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { type EwsWorld, mail, mails, startEwsWorld } from '../sources/ews-world.ts';
import { PythonError, startPython } from './python.ts';

/**
 * Holds the stand-in for Exchange Web Services by exchangelib, which knows Exchange from real servers and reads what it
 * is answered otherwise than Microsoft's own client: from the root of the mailbox down, all properties at once.
 */
let world: EwsWorld;
before(async () => {
  world = await startEwsWorld();
});
after(() => world.stop());

async function connect(t: TestContext, address: string, impersonates = false) {
  const mailbox = world.ews.mailbox(address);
  const client = startPython('exchangelib_client.py', world.certificates.caFile);
  t.after(client.stop);
  const token = await world.sign(impersonates ? world.claims.ofApp('app') : world.claims.personal(address));
  await client.call('connect', { address, url: world.ews.url, token, impersonates });
  return { mailbox, ...client };
}

type Change = [kind: string, id: string, isRead: boolean | null];

test('exchangelib walks the folders from the root, and counts and lists what is in one', async (t) => {
  const { mailbox, call } = await connect(t, 'walk@contoso.example');
  for (const [i, one] of mails(3).entries())
    await mailbox.deliver(one, 'INBOX', { receivedAt: new Date(Date.UTC(2026, 10, i + 1)) });
  await mailbox.deliver(mail(4), 'inbox/Orders & more/2026');
  const tree = await call<string[]>('tree');
  for (const path of ['', '/Inbox', '/Inbox/Orders & more/2026', '/Junk Email', '/Calendar'])
    assert.ok(tree.includes(`/Root/Top of Information Store${path}`), tree.join('\n'));
  assert.deepEqual(await call('counts'), [3, 3]);
  const listed = await call<string[]>('subjects');
  assert.equal(listed.length, 3);
  assert.ok(mails(3).at(-1)?.includes(String(listed[0])), 'the newest first');
});

test('exchangelib synchronises: what is there, then what is new, read and gone', async (t) => {
  const { mailbox, call } = await connect(t, 'sync@contoso.example');
  const ids: string[] = [];
  for (const one of mails(5)) ids.push(await mailbox.deliver(one));
  const first = await call<Change[]>('sync');
  assert.deepEqual(
    first,
    ids.toReversed().map((id) => ['create', id, null]),
  );
  assert.deepEqual(await call('sync'), []);
  const [read = '', gone = ''] = ids;
  mailbox.setRead(read, true);
  mailbox.remove(gone);
  const fresh = await mailbox.deliver(mail(6));
  const changes = await call<Change[]>('sync');
  assert.deepEqual(changes, [
    ['create', fresh, null],
    ['delete', gone, null],
    ['read_flag_change', read, true],
  ]);
  world.ews.loseSyncStates();
  await assert.rejects(call('sync'), /ErrorInvalidSyncStateData/);
});

test('exchangelib reads MIME byte for byte, marks as read, moves under another id, deletes', async (t) => {
  const { mailbox, call } = await connect(t, 'act@contoso.example');
  mailbox.folderAt('Inbox/Done', true);
  const [first, second] = [await mailbox.deliver(mail(1)), await mailbox.deliver(mail(2))];
  assert.equal(await call('mime', { id: first }), String(mail(1)));
  await call('mark_read', { id: first });
  assert.equal(mailbox.find(first)?.item.isRead, true);
  const moved = await call<string>('move', { id: first, path: 'Done' });
  assert.notEqual(moved, first);
  assert.equal(mailbox.find(moved)?.folder.name, 'Done');
  await call('move_to_trash', { id: second });
  assert.equal(mailbox.folderAt('deleteditems')?.items.size, 1);
  await call('delete', { id: moved });
  assert.equal(mailbox.find(moved), null);
  await assert.rejects(call('mime', { id: first }), /ErrorItemNotFound/);
  await assert.rejects(call('mime', { id: 'nonsense' }), /ErrorInvalidIdMalformed/);
});

test('exchangelib is told on a streaming subscription what came, and where what was moved had been', async (t) => {
  const { mailbox, call } = await connect(t, 'stream@contoso.example');
  world.ews.faults.minuteMs = 300;
  t.after(() => {
    world.ews.faults.minuteMs = 60_000;
  });
  await call('subscribe');
  const id = await mailbox.deliver(mail(1));
  const moved = mailbox.move(id, mailbox.folderAt('junkemail') ?? assert.fail());
  assert.deepEqual(await call('events'), [
    ['CreatedEvent', id, null],
    ['NewMailEvent', id, null],
    ['MovedEvent', moved?.id, id],
  ]);
  await call('unsubscribe');
  await assert.rejects(call('unsubscribe'), /ErrorSubscriptionNotFound/);
});

test('exchangelib opens a mailbox as an application that impersonates it, and not one that it may not', async (t) => {
  const { mailbox, call } = await connect(t, 'impersonated@contoso.example', true);
  await mailbox.deliver(mail(1));
  assert.deepEqual(await call('counts'), [1, 1]);
  world.ews.restrict('app', ['another@contoso.example']);
  t.after(() => world.ews.restrict('app', ['another@contoso.example', mailbox.address]));
  await assert.rejects(call('counts'), PythonError);
  await assert.rejects(call('counts'), /ErrorImpersonateUserDenied/);
});
