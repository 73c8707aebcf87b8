import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { makeMail } from '../../lab/mail.ts';
import { messageSchema } from '../../src/model/message.ts';
import { furnish, receive, startWorld, type World } from './world.ts';

const withAttachment = Buffer.from(
  [
    'From: Scanner <scanner@contoso.example>',
    'Subject: Scan',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/html',
    'Content-Disposition: attachment; filename="scan.html"',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('<script>alert(1)</script>').toString('base64'),
    '--b--',
    '',
  ].join('\r\n'),
);

async function startWithMail(t: Parameters<typeof startWorld>[0], mails: Uint8Array[]) {
  const world = await startWorld(t);
  const { server } = await furnish(world);
  return { ...world, server, ids: await receive(world, server, mails) };
}

const idsOf = (page: { items: { id: string }[] }) => page.items.map(({ id }) => id);

test('messages come newest first, page by page, each once', async (t) => {
  const mails = Array.from({ length: 7 }, (_, n) => makeMail(n));
  const { call, ids } = await startWithMail(t, mails);
  const seen: string[] = [];
  let path = '/api/messages?limit=3';
  for (let pages = 1; ; pages++) {
    const { items, next } = (await call('GET', path)).json;
    seen.push(...idsOf({ items }));
    if (next === null) {
      assert.equal(pages, 3);
      break;
    }
    assert.equal(items.length, 3);
    path = `/api/messages?limit=3&before=${next}`;
  }
  assert.deepEqual(seen, ids.toReversed());
});

test('messages are found by their server and by what is in them', async (t) => {
  const { call, server, ids } = await startWithMail(t, [makeMail(0), withAttachment]);
  const found = async (query: string) => idsOf((await call('GET', `/api/messages?${query}`)).json);
  assert.deepEqual(await found(`serverId=${server.id}`), ids.toReversed());
  assert.deepEqual(await found('serverId=srv_other'), []);
  assert.deepEqual(await found('search=Scan'), [ids[1]]);
  assert.deepEqual(await found('search=%25'), []);
});

test('a message is shown as its schema says', async (t) => {
  const { call, ids } = await startWithMail(t, [withAttachment]);
  const { json } = await call('GET', `/api/messages/${ids[0]}`);
  assert.deepEqual(messageSchema.parse(json), json);
  assert.equal(json.subject, 'Scan');
  assert.equal(json.attachments[0].filename, 'scan.html');
});

test('source and attachments come out byte for byte, and a browser only ever saves them', async (t) => {
  const { call, ids } = await startWithMail(t, [withAttachment]);
  const { text: raw, headers } = await call('GET', `/api/messages/${ids[0]}/raw`);
  assert.equal(raw, String(withAttachment));
  assert.equal(headers['content-type'], 'message/rfc822');
  const attachment = await call('GET', `/api/messages/${ids[0]}/attachments/0`);
  assert.equal(attachment.text, '<script>alert(1)</script>');
  assert.equal(attachment.headers['content-type'], 'application/octet-stream');
  for (const reply of [headers, attachment.headers]) {
    assert.equal(reply['content-disposition'], 'attachment');
    assert.equal(reply['x-content-type-options'], 'nosniff');
    assert.match(String(reply['content-security-policy']), /^sandbox/);
  }
  for (const index of ['1', '-1', '00', 'x'])
    assert.equal((await call('GET', `/api/messages/${ids[0]}/attachments/${index}`)).status, 404, index);
});

/** The signed addresses of the attachment and the source, as a webhook brings them. */
function addressesOf({ downloads }: World, id: string): URL[] {
  return [new URL(downloads(id, 0)), new URL(downloads(id, null))];
}

test('a signed address brings the bytes without a session', async (t) => {
  const world = await startWithMail(t, [withAttachment]);
  const [attachment, source] = addressesOf(world, world.ids[0] ?? '');
  assert.equal(attachment?.origin, world.url);
  const reply = await world.fetch(`${attachment?.pathname}${attachment?.search}`);
  assert.deepEqual([reply.status, reply.text], [200, '<script>alert(1)</script>']);
  const { text } = await world.fetch(`${source?.pathname}${source?.search}`);
  const sha256 = createHash('sha256').update(text).digest('hex');
  assert.equal(sha256, (await world.call('GET', `/api/messages/${world.ids[0]}`)).json.sha256);
});

test('a signed address that was altered in any part is refused', async (t) => {
  const world = await startWithMail(t, [withAttachment, makeMail(0)]);
  const [url, source] = addressesOf(world, world.ids[0] ?? '');
  assert.ok(url && source);
  const { expires = '', signature = '' } = Object.fromEntries(url.searchParams);
  const later = String(Number(expires) + 1);
  const other = url.pathname.replace(world.ids[0] ?? '', world.ids[1] ?? '');
  for (const [pathname, query] of [
    [url.pathname, { expires: later, signature }],
    [url.pathname, { expires, signature: `${signature.slice(1)}A` }],
    [url.pathname, { expires, signature: '' }],
    [url.pathname, { expires: `${expires}0`, signature }],
    [other, { expires, signature }],
    [source.pathname, { expires, signature }],
    [url.pathname.replace(/0$/, '1'), { expires, signature }],
  ] as const) {
    const reply = await world.fetch(`${pathname}?${new URLSearchParams(query)}`);
    assert.deepEqual([reply.status, reply.json.code], [403, 'download.refused'], pathname);
  }
  assert.equal((await world.fetch(url.pathname)).status, 422);
});

test('a signed address is good for delivery.urlHours and not a second longer', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const world = await startWithMail(t, [withAttachment]);
  const [url] = addressesOf(world, world.ids[0] ?? '');
  const status = async () => (await world.fetch(`${url?.pathname}${url?.search}`)).status;
  const hours = 168;
  t.mock.timers.tick(hours * 3600_000 - 1000);
  assert.equal(await status(), 200);
  t.mock.timers.tick(2000);
  assert.equal(await status(), 403);
});
