import assert from 'node:assert/strict';
import { Agent } from 'node:https';
import { after, before, type TestContext, test } from 'node:test';
import { XhrApi } from '@ewsjs/xhr';
import {
  BasePropertySet,
  ConflictResolutionMode,
  ConnectingIdType,
  DeleteMode,
  EmailMessage,
  EmailMessageSchema,
  EventType,
  ExchangeService,
  ExchangeVersion,
  Folder,
  FolderId,
  FolderTraversal,
  FolderView,
  ImpersonatedUserId,
  type ItemChange,
  ItemSchema,
  Mailbox,
  OAuthCredentials,
  PropertySet,
  ServiceError,
  type ServiceResponseException,
  SoapFaultDetails,
  StreamingSubscriptionConnection,
  SyncFolderItemsScope,
  Uri,
  WellKnownFolderName,
} from 'ews-javascript-api';
import { type EwsWorld, mail, mails, startEwsWorld } from '../sources/ews-world.ts';

/**
 * Holds the stand-in for Exchange Web Services honest: `ews-javascript-api` is a port of Microsoft's own EWS Managed
 * API, made against real Exchange servers. What it sends and understands is not ours to choose.
 */

let world: EwsWorld;
before(async () => {
  world = await startEwsWorld();
});
after(() => world.stop());

const anna = 'anna@contoso.example';

function connect(t: TestContext, token: string): ExchangeService {
  const service = new ExchangeService(ExchangeVersion.Exchange2013_SP1);
  service.Url = new Uri(world.ews.url);
  const httpsAgent = new Agent({ ca: world.certificates.caPem });
  t.after(() => httpsAgent.destroy());
  service.XHRApi = new XhrApi({ httpsAgent });
  service.Credentials = new OAuthCredentials(token);
  return service;
}

async function asPerson(t: TestContext, person: string): Promise<ExchangeService> {
  return connect(t, await world.sign(world.claims.personal(person)));
}

async function asApp(t: TestContext, mailbox: string | null, appId = 'app'): Promise<ExchangeService> {
  const service = connect(t, await world.sign(world.claims.ofApp(appId)));
  if (mailbox !== null)
    service.ImpersonatedUserId = new ImpersonatedUserId(ConnectingIdType.SmtpAddress, mailbox);
  return service;
}

/** Everything since a state, in parts of two. */
async function sync(service: ExchangeService, state: string | null = null) {
  const changes: ItemChange[] = [];
  for (let parts = 1; ; parts++) {
    const part = await service.SyncFolderItems(
      new FolderId(WellKnownFolderName.Inbox),
      new PropertySet(BasePropertySet.IdOnly),
      null as never,
      2,
      SyncFolderItemsScope.NormalItems,
      state as string,
    );
    changes.push(...(part.GetEnumerator() as ItemChange[]));
    state = part.SyncState;
    if (!part.MoreChangesAvailable) return { changes, state, parts };
  }
}

async function mimeOf(service: ExchangeService, { ItemId }: ItemChange): Promise<string> {
  const wanted = [ItemSchema.MimeContent, EmailMessageSchema.IsRead];
  const message = await EmailMessage.Bind(service, ItemId, new PropertySet(BasePropertySet.IdOnly, wanted));
  return Buffer.from(String(message.MimeContent.Content), 'base64').toString();
}

/** The code of a refusal: of the whole request (a SOAP fault), or of one thing. */
async function errorOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => assert.fail('it should be refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof SoapFaultDetails && error.HttpStatusCode !== 500)
    return `HTTP ${error.HttpStatusCode}`;
  const code =
    error instanceof SoapFaultDetails
      ? (error as unknown as { ResponseCode: ServiceError }).ResponseCode
      : (error as ServiceResponseException).ErrorCode;
  return ServiceError[code] ?? String(error);
}

test('a folder is bound, listed in parts from the newest to the oldest, and its messages are read byte for byte', async (t) => {
  const address = 'read@contoso.example';
  const mailbox = world.ews.mailbox(address);
  for (const one of mails(5)) await mailbox.deliver(one);
  const service = await asPerson(t, address);
  const inbox = await Folder.Bind(service, WellKnownFolderName.Inbox);
  assert.deepEqual([inbox.DisplayName, inbox.TotalCount], ['Inbox', 5]);
  const { changes, parts } = await sync(service);
  const texts = [];
  for (const change of changes) texts.push(await mimeOf(service, change));
  assert.deepEqual(texts, mails(5).map(String).toReversed());
  assert.equal(parts, 3);
});

test('after a sync only what changed since is told: new, read, gone', async (t) => {
  const address = 'changes@contoso.example';
  const mailbox = world.ews.mailbox(address);
  const [first = '', second = ''] = [await mailbox.deliver(mail(1)), await mailbox.deliver(mail(2))];
  const service = await asPerson(t, address);
  const { state } = await sync(service);
  assert.deepEqual((await sync(service, state)).changes, []);
  mailbox.setRead(first, true);
  mailbox.remove(second);
  const third = await mailbox.deliver(mail(3));
  const { changes } = await sync(service, state);
  assert.deepEqual(
    changes.map(({ ChangeType, ItemId }) => [ChangeType, ItemId.UniqueId]),
    // ChangeType: Create, Update, Delete, ReadFlagChange
    [
      [0, third],
      [2, second],
      [3, first],
    ],
  );
});

test('a message is marked as read, moved under a new id, and deleted; then it is gone', async (t) => {
  const address = 'act@contoso.example';
  const mailbox = world.ews.mailbox(address);
  const id = await mailbox.deliver(mail(1));
  const service = await asPerson(t, address);
  const [change] = (await sync(service)).changes;
  assert.ok(change);
  const shape = new PropertySet(BasePropertySet.IdOnly, [EmailMessageSchema.IsRead]);
  const message = await EmailMessage.Bind(service, change.ItemId, shape);
  message.IsRead = true;
  await message.Update(ConflictResolutionMode.AlwaysOverwrite);
  assert.equal(mailbox.find(id)?.item.isRead, true);
  const moved = await message.Move(WellKnownFolderName.JunkEmail);
  assert.equal(mailbox.find(id), null);
  assert.equal(mailbox.find(moved.Id.UniqueId)?.folder.distinguished, 'junkemail');
  await moved.Delete(DeleteMode.HardDelete);
  assert.equal(mailbox.find(moved.Id.UniqueId), null);
  assert.equal(await errorOf(EmailMessage.Bind(service, change.ItemId)), 'ErrorItemNotFound');
});

test('new mail is told on a streaming subscription, and its connection ends when its time is over', async (t) => {
  const address = 'stream@contoso.example';
  const mailbox = world.ews.mailbox(address);
  const service = await asPerson(t, address);
  world.ews.faults.minuteMs = 500;
  t.after(() => {
    world.ews.faults.minuteMs = 60_000;
  });
  const inbox = [new FolderId(WellKnownFolderName.Inbox)];
  const subscription = await service.SubscribeToStreamingNotifications(inbox, EventType.NewMail);
  const connection = new StreamingSubscriptionConnection(service, 1);
  connection.AddSubscription(subscription);
  const told = Promise.withResolvers<string[]>();
  const ended = Promise.withResolvers<void>();
  connection.OnNotificationEvent.push((_, { Events }) =>
    told.resolve(Events.map((e) => EventType[e.EventType])),
  );
  connection.OnDisconnect.push(() => ended.resolve());
  void connection.Open();
  await mailbox.deliver(mail(1));
  assert.deepEqual(await told.promise, ['NewMail']);
  await ended.promise;
  await subscription.Unsubscribe();
});

test('folders are found with their paths, and the hierarchy is synchronised', async (t) => {
  const address = 'folders@contoso.example';
  await world.ews.mailbox(address).deliver(mail(1), 'INBOX/Orders & more/2026');
  const service = await asPerson(t, address);
  const view = new FolderView(100);
  view.Traversal = FolderTraversal.Deep;
  const found = await service.FindFolders(WellKnownFolderName.MsgFolderRoot, view);
  const names = found.Folders.map(({ DisplayName }) => DisplayName);
  assert.ok(
    ['Inbox', 'Orders & more', '2026', 'Junk Email'].every((name) => names.includes(name)),
    names.join(),
  );
  const hierarchy = await service.SyncFolderHierarchy(new PropertySet(BasePropertySet.IdOnly), null as never);
  assert.equal(hierarchy.Count, names.length);
});

test('an application impersonates mailboxes, those that it may, and none without saying which', async (t) => {
  const mailbox = world.ews.mailbox(anna);
  await mailbox.deliver(mail(1));
  const inbox = WellKnownFolderName.Inbox;
  assert.equal((await Folder.Bind(await asApp(t, anna), inbox)).TotalCount, 1);
  world.ews.restrict('restricted-app', ['other@contoso.example']);
  const refusals = [
    await errorOf(Folder.Bind(await asApp(t, anna, 'restricted-app'), inbox)),
    await errorOf(Folder.Bind(await asApp(t, 'nobody@contoso.example'), inbox)),
    await errorOf(Folder.Bind(await asApp(t, null), inbox)),
  ];
  assert.deepEqual(refusals, [
    'ErrorImpersonateUserDenied',
    'ErrorNonExistentMailbox',
    'ErrorInvalidExchangeImpersonationHeaderData',
  ]);
});

test('a person opens a shared mailbox by its address with full access, and not without', async (t) => {
  const shared = 'shared@contoso.example';
  await world.ews.mailbox(shared).deliver(mail(1));
  const service = await asPerson(t, anna);
  const inbox = new FolderId(WellKnownFolderName.Inbox, new Mailbox(shared));
  assert.equal(await errorOf(Folder.Bind(service, inbox)), 'ErrorFolderNotFound');
  world.ews.giveFullAccess(anna, shared);
  assert.equal((await Folder.Bind(service, inbox)).TotalCount, 1);
});

test('a busy server, a lost sync state and an unconvertible message are understood as Exchange’s', async (t) => {
  const address = 'errors@contoso.example';
  const mailbox = world.ews.mailbox(address);
  await mailbox.deliver(mail(1), 'INBOX', {
    refusal: { code: 'ErrorMimeContentConversionFailed', times: 1 },
  });
  const service = await asPerson(t, address);
  for (const as of ['fault', 'message'] as const) {
    world.ews.faults.next({ kind: 'busy', backOff: 1000, as }, { operation: 'GetFolder' });
    assert.equal(await errorOf(Folder.Bind(service, WellKnownFolderName.Inbox)), 'ErrorServerBusy');
  }
  const { changes, state } = await sync(service);
  const [change] = changes;
  assert.ok(change);
  assert.equal(await errorOf(mimeOf(service, change)), 'ErrorMimeContentConversionFailed');
  assert.equal(await mimeOf(service, change), String(mail(1)), 'once only');
  world.ews.loseSyncStates();
  assert.equal(await errorOf(sync(service, state)), 'ErrorInvalidSyncStateData');
});

test('tokens are verified: time, audience, permission', async (t) => {
  const claims = world.claims.personal(anna);
  world.ews.mailbox(anna);
  const bad = {
    expired: await world.sign(claims, { seconds: -60 }),
    'for another resource': await world.sign(claims, { aud: 'https://graph.microsoft.com' }),
    'without permission': await world.sign({ ...claims, scp: 'IMAP.AccessAsUser.All' }),
  };
  for (const [what, token] of Object.entries(bad)) {
    assert.equal(await errorOf(Folder.Bind(connect(t, token), WellKnownFolderName.Inbox)), 'HTTP 401', what);
  }
});
