import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import {
  Client,
  GraphError,
  PageIterator,
  ResponseType,
  RetryHandlerOptions,
} from '@microsoft/microsoft-graph-client';
import type { MailFolder, Message } from '@microsoft/microsoft-graph-types';
import { mail, mails } from '../sources/dovecot-world.ts';
import { type GraphWorld, startGraphWorld, type TokenWish } from '../sources/graph-world.ts';
import { sha256 } from '../sources/setting.ts';
import { createHttpsReceiver } from './https-receiver.ts';

/** Microsoft's own client against the stand-in: where the two differ, the stand-in is wrong. */

let world: GraphWorld;
before(async () => {
  world = await startGraphWorld();
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), world.certificates.caPem]);
});
after(() => world.stop());

const immutable = { Prefer: 'IdType="ImmutableId"' };

function clientFor(wish: TokenWish = {}): Client {
  return Client.initWithMiddleware({
    baseUrl: world.graph.origin,
    customHosts: new Set(['localhost']),
    authProvider: { getAccessToken: () => world.tokenFor(wish) },
  });
}

async function refusal(request: Promise<unknown>): Promise<GraphError> {
  const error = await request.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof GraphError, String(error));
  return error;
}

/** One round of a delta query by the client's PageIterator. */
async function round(client: Client, url: string, headers: Record<string, string> = immutable) {
  const changes: (Message & { '@removed'?: { reason: string } })[] = [];
  const page = await client.api(url).headers(headers).get();
  const iterator = new PageIterator(client, page, (change) => changes.push(change) > 0, { headers });
  await iterator.iterate();
  const deltaLink = iterator.getDeltaLink();
  assert.ok(deltaLink);
  return { changes, deltaLink };
}

const deltaOf = (address: string, query = '$select=receivedDateTime,isRead') =>
  `/users/${address}/mailFolders/inbox/messages/delta?${query}`;

test('a delta query brings everything over many pages, then only what changed', async () => {
  const address = 'delta@example.com';
  await world.graph.fill(address, mails(25));
  const client = clientFor();
  const first = await round(client, deltaOf(address));
  assert.equal(first.changes.length, 25);
  assert.equal(new Set(first.changes.map(({ id }) => id)).size, 25);
  assert.deepEqual(
    Object.keys(first.changes[0] ?? {}).toSorted(),
    ['@odata.etag', '@odata.type', 'id', 'isRead', 'receivedDateTime'].toSorted(),
  );

  const [read, moved, deleted] = first.changes;
  await client.api(`/users/${address}/messages/${read?.id}`).headers(immutable).patch({ isRead: true });
  await client
    .api(`/users/${address}/messages/${moved?.id}/move`)
    .headers(immutable)
    .post({ destinationId: 'archive' });
  await client.api(`/users/${address}/messages/${deleted?.id}`).headers(immutable).delete();
  const added = await world.graph.deliver(address, mail(26));
  const second = await round(client, first.deltaLink);
  const told = Object.fromEntries(second.changes.map((change) => [change.id, change]));
  assert.equal(second.changes.length, 4);
  assert.equal(told[read?.id ?? '']?.isRead, true);
  assert.deepEqual(told[moved?.id ?? '']?.['@removed'], { reason: 'deleted' });
  assert.deepEqual(told[deleted?.id ?? '']?.['@removed'], { reason: 'deleted' });
  assert.equal(told[added.immutableId]?.isRead, false);
  assert.deepEqual((await round(client, second.deltaLink)).changes, []);
});

test('changeType=created leaves out what was only changed, a filter what came before', async () => {
  const address = 'created@example.com';
  const start = new Date('2026-06-15T12:00:00Z');
  for (const minutes of [-60, 0, 60])
    await world.graph.deliver(address, mail(minutes), {
      receivedAt: new Date(start.getTime() + minutes * 60_000),
    });
  const client = clientFor();
  const filter = `$filter=receivedDateTime ge ${start.toISOString()}&changeType=created&$select=isRead`;
  const first = await round(client, deltaOf(address, filter));
  assert.equal(first.changes.length, 2);
  await client
    .api(`/users/${address}/messages/${first.changes[0]?.id}`)
    .headers(immutable)
    .patch({ isRead: true });
  await world.graph.deliver(address, mail(1));
  assert.equal((await round(client, first.deltaLink)).changes.length, 1);
});

test('a lost delta token is answered 410 with the request to start over', async () => {
  const address = 'lost@example.com';
  await world.graph.deliver(address, mail(1));
  const client = clientFor();
  const { deltaLink } = await round(client, deltaOf(address));
  world.graph.expireDeltaTokens();
  const error = await refusal(client.api(deltaLink).get());
  assert.equal(error.statusCode, 410);
  assert.equal(error.code, 'SyncStateNotFound');
  assert.match(error.headers?.get('location') ?? '', /\/messages\/delta\?\$deltatoken=$/);
});

test('$value is the message byte for byte, as a stream', async () => {
  const address = 'value@example.com';
  const bytes = mail(1, 'x'.repeat(300_000));
  const { immutableId } = await world.graph.deliver(address, bytes);
  const stream: ReadableStream<Uint8Array> = await clientFor()
    .api(`/users/${address}/messages/${immutableId}/$value`)
    .responseType(ResponseType.STREAM)
    .get();
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  assert.equal(sha256(Buffer.concat(chunks)), sha256(bytes));
});

test('ids change when a message is moved, immutable ones do not; folders go by id or well-known name', async () => {
  const address = 'ids@example.com';
  await world.graph.deliver(address, mail(1));
  const client = clientFor();
  const inbox: MailFolder = await client.api(`/users/${address}/mailFolders/Inbox`).get();
  assert.equal(inbox.totalItemCount, 1);
  const list = async (folder: string, headers: Record<string, string>): Promise<Message> =>
    (await client.api(`/users/${address}/mailFolders/${folder}/messages`).headers(headers).get()).value[0];
  const [before, immutableBefore] = [await list(inbox.id ?? '', {}), await list('inbox', immutable)];
  assert.equal(before.subject, 'Mail 1');
  assert.equal(before.from?.emailAddress?.address, 'sender@example.com');
  assert.equal(before.internetMessageId, '<1@example.com>');
  const moved: Message = await client
    .api(`/users/${address}/messages/${before.id}/move`)
    .post({ destinationId: 'archive' });
  assert.notEqual(moved.id, before.id);
  assert.equal((await list('archive', immutable)).id, immutableBefore.id);
  assert.equal((await refusal(client.api(`/users/${address}/messages/${before.id}`).get())).statusCode, 404);
});

test('folders come in pages, with their child folders', async () => {
  const address = 'folders@example.com';
  const mailbox = world.graph.mailbox(address);
  for (let n = 1; n <= 12; n++) mailbox.makeFolder(`Folder ${n}`);
  mailbox.makeFolder('Inbox/Orders/2026');
  const client = clientFor();
  const names: string[] = [];
  const page = await client.api(`/users/${address}/mailFolders`).get();
  await new PageIterator(client, page, ({ displayName }) => names.push(displayName) > 0).iterate();
  assert.equal(names.length, 18);
  const { value } = await client.api(`/users/${address}/mailFolders/inbox/childFolders`).get();
  assert.deepEqual(
    value.map(({ displayName, childFolderCount }: MailFolder) => [displayName, childFolderCount]),
    [['Orders', 1]],
  );
});

test('tokens decide: own mailbox, shared ones with the .Shared permissions, applications where they are let in', async () => {
  const [person, other, shared] = ['me@example.com', 'other@example.com', 'team@example.com'];
  for (const address of [person, other, shared]) await world.graph.deliver(address, mail(1));
  world.graph.share(shared, person);
  const inbox = (wish: TokenWish, user: string) =>
    clientFor(wish)
      .api(`${user === 'me' ? '/me' : `/users/${user}`}/mailFolders/inbox`)
      .get();
  const codeOf = async (wish: TokenWish, user: string) => (await refusal(inbox(wish, user))).code;

  for (const user of ['me', person])
    assert.equal((await inbox({ person, permissions: ['Mail.Read'] }, user)).totalItemCount, 1);
  assert.equal((await inbox({ person, permissions: ['Mail.Read.Shared'] }, shared)).totalItemCount, 1);
  assert.equal(await codeOf({ person, permissions: ['Mail.Read'] }, shared), 'ErrorAccessDenied');
  assert.equal(await codeOf({ person, permissions: ['Mail.Read.Shared'] }, other), 'ErrorAccessDenied');
  assert.equal(await codeOf({ person, permissions: ['User.Read'] }, 'me'), 'ErrorAccessDenied');
  assert.equal(await codeOf({}, 'me'), 'BadRequest');
  assert.equal(await codeOf({}, 'nobody@example.com'), 'ErrorInvalidUser');
  const restricted = '99999999-2222-3333-4444-555555555555';
  world.graph.restrict(restricted, [shared]);
  assert.equal((await inbox({ appId: restricted }, shared)).totalItemCount, 1);
  assert.equal(await codeOf({ appId: restricted }, other), 'ErrorAccessDenied');
  world.graph.faults.notEnabled.add(other);
  assert.equal(await codeOf({}, other), 'MailboxNotEnabledForRESTAPI');

  for (const wish of [{ audience: 'https://outlook.office.com' }, { expires: new Date(Date.now() - 1000) }]) {
    const error = await refusal(inbox(wish, person));
    assert.equal(error.statusCode, 401);
    assert.equal(error.code, 'InvalidAuthenticationToken');
    assert.match(error.headers?.get('www-authenticate') ?? '', /^Bearer realm=""/);
  }
});

test("throttled requests are tried again by the client's own retry handler, as Retry-After says", async () => {
  const address = 'throttled@example.com';
  await world.graph.deliver(address, mail(1));
  Object.assign(world.graph.faults, { throttled: 1, unavailable: 1, retryAfter: '0' });
  const { length } = world.graph.requests;
  const { value } = await clientFor()
    .api(`/users/${address}/messages`)
    .middlewareOptions([new RetryHandlerOptions(0, 3)])
    .get();
  assert.equal(value.length, 1);
  assert.deepEqual(
    world.graph.requests.slice(length).map(({ status }) => status),
    [429, 503, 200],
  );
});

test('mail is sent as JSON and as MIME, and arrives; more than 4 MB is refused', async () => {
  const [person, to] = ['sender@example.com', 'receiver@example.com'];
  for (const address of [person, to]) world.graph.mailbox(address);
  const client = clientFor({ person, permissions: ['Mail.Send', 'Mail.Read'] });
  const message: Message = {
    subject: 'Lunch?',
    body: { contentType: 'text', content: 'At noon.' },
    toRecipients: [{ emailAddress: { address: to } }],
    bccRecipients: [{ emailAddress: { address: person } }],
  };
  await client.api('/me/sendMail').post({ message, saveToSentItems: false });
  const mime = Buffer.from(`From: ${person}\r\nTo: ${to}\r\nSubject: By MIME\r\n\r\nGood day.\r\n`);
  await client.api('/me/sendMail').header('Content-Type', 'text/plain').post(mime.toString('base64'));
  const { value } = await clientFor()
    .api(`/users/${to}/mailFolders/inbox/messages?$orderby=receivedDateTime asc`)
    .get();
  assert.deepEqual(
    value.map(({ subject }: Message) => subject),
    ['Lunch?', 'By MIME'],
  );
  assert.ok(
    !world.graph
      .mailbox(to)
      .folder('inbox')
      ?.messages.values()
      .some(({ source }) => /^Bcc/im.test(String(source))),
  );
  const sent = await client.api('/me/mailFolders/sentitems/messages').get();
  assert.deepEqual(
    sent.value.map(({ subject }: Message) => subject),
    ['By MIME'],
  );
  const large = { ...message, body: { contentType: 'text', content: 'x'.repeat(4 * 1024 * 1024) } };
  assert.equal((await refusal(client.api('/me/sendMail').post({ message: large }))).statusCode, 413);
  const broken = client.api('/me/sendMail').header('Content-Type', 'text/plain').post('not base64!');
  assert.equal((await refusal(broken)).code, 'ErrorMimeContentInvalidBase64String');
});

test('a subscription is validated, told of changes and lifecycle events, renewed and ended', async (t) => {
  const address = 'subscribed@example.com';
  world.graph.mailbox(address);
  const receiver = await createHttpsReceiver(t, world.certificates);
  const client = clientFor();
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
  const wanted = {
    changeType: 'created',
    notificationUrl: `${receiver.url}/changes`,
    lifecycleNotificationUrl: `${receiver.url}/lifecycle`,
    resource: `/users/${address}/mailFolders('inbox')/messages`,
    expirationDateTime: inAnHour(),
    clientState: 'secret-1',
  };
  receiver.echo = false;
  assert.equal((await refusal(client.api('/subscriptions').post(wanted))).code, 'ValidationError');
  receiver.echo = true;
  const subscription = await client.api('/subscriptions').headers(immutable).post(wanted);

  const message = await world.graph.deliver(address, mail(1));
  const told = await receiver.next();
  assert.equal(told.path, '/changes');
  assert.equal(told.value.subscriptionId, subscription.id);
  assert.equal(told.value.clientState, 'secret-1');
  assert.equal(told.value.changeType, 'created');
  assert.equal(told.value.resourceData?.id, message.immutableId);

  await world.graph.lifecycle('reauthorizationRequired');
  assert.deepEqual(await receiver.next().then(({ path, value }) => [path, value.lifecycleEvent]), [
    '/lifecycle',
    'reauthorizationRequired',
  ]);
  await client.api(`/subscriptions/${subscription.id}/reauthorize`).post({});
  const renewed = await client
    .api(`/subscriptions/${subscription.id}`)
    .patch({ expirationDateTime: inAnHour() });
  assert.ok(renewed.expirationDateTime > subscription.expirationDateTime);
  await client.api(`/subscriptions/${subscription.id}`).delete();
  const gone = await refusal(
    client.api(`/subscriptions/${subscription.id}`).patch({ expirationDateTime: inAnHour() }),
  );
  assert.deepEqual([gone.statusCode, gone.code], [404, 'ResourceNotFound']);
});

test('delegated permissions subscribe to nothing in a shared mailbox', async () => {
  const [person, shared] = ['delegate@example.com', 'shared-inbox@example.com'];
  world.graph.mailbox(shared);
  world.graph.share(shared, person);
  const client = clientFor({ person, permissions: ['Mail.Read.Shared'] });
  const error = await refusal(
    client.api('/subscriptions').post({
      changeType: 'created',
      notificationUrl: 'https://localhost:1/',
      resource: `/users/${shared}/mailFolders/inbox/messages`,
      expirationDateTime: new Date(Date.now() + 3_600_000).toISOString(),
    }),
  );
  assert.equal(error.code, 'ErrorAccessDenied');
});
