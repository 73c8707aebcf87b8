import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import type { ReceivedRequest } from '../../lab/receiver.ts';
import { newSigningSecret, rotated } from '../../src/destinations/webhook/signature.ts';
import { mail, startDelivering } from '../delivery/delivering.ts';
import { until } from '../until.ts';

const hour = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * hour).toISOString();

/** Whether a receiver that knows this one secret accepts the request. */
function accepts(secret: string, { body, headers }: ReceivedRequest): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

/** One message, delivered by a destination with these secrets. */
async function deliveredWith(
  t: TestContext,
  secrets: { secret: string; until: string | null }[],
): Promise<ReceivedRequest> {
  const { addTarget, receive, dispatcher } = await startDelivering(t);
  const target = await addTarget('tickets');
  target.secrets = secrets;
  await receive(mail('one'));
  await dispatcher.start();
  await until('it is delivered', () => target.receiver.requests.length === 1);
  return target.receiver.requests[0] as ReceivedRequest;
}

test('each request is signed per Standard Webhooks: id, time and body verify, and nothing that was altered does', async (t) => {
  const secret = newSigningSecret();
  const request = await deliveredWith(t, [{ secret, until: null }]);
  assert.ok(accepts(secret, request));
  assert.ok(Math.abs(Number(request.timestamp) * 1000 - Date.now()) < 60_000);
  assert.equal(request.headers['content-type'], 'application/json');
  const { headers, body } = request;
  for (const altered of [
    { ...request, body: body.replace('Good day', 'Bad day') },
    { ...request, headers: { ...headers, 'webhook-id': 'dlv_other' } },
    { ...request, headers: { ...headers, 'webhook-timestamp': `${Number(request.timestamp) + 1}` } },
  ])
    assert.ok(!accepts(secret, altered));
  assert.ok(!accepts(newSigningSecret(), request));
});

test('the webhook-id is the same for a message and a destination at every attempt, and another for every other', async (t) => {
  const { addTarget, receive, dispatcher, store, deliveries } = await startDelivering(t);
  const [tickets, archive] = [await addTarget('tickets'), await addTarget('archive')];
  tickets.receiver.answer(() => ({ status: tickets.receiver.requests.length <= 4 ? 503 : 204 }));
  await receive(mail('one'), mail('two'));
  await dispatcher.start();
  const settled = async () => (await store.deliveries.counts()).delivered === 4;
  await until('all are delivered', settled);
  assert.ok(tickets.receiver.requests.length > 4);
  const ids = new Set<string>();
  for (const { receiver } of [tickets, archive]) {
    const byMessage = Map.groupBy(receiver.requests, ({ body }) => JSON.parse(body).data.id);
    assert.equal(byMessage.size, 2);
    for (const requests of byMessage.values()) {
      assert.equal(new Set(requests.map(({ id }) => id)).size, 1);
      assert.ok(requests.every(({ verified }) => verified));
      ids.add(requests[0]?.id ?? '');
    }
  }
  assert.deepEqual(ids, new Set((await deliveries()).map(({ id }) => id)));
});

test('while two secrets are valid a receiver that knows only the old one accepts, as does one that knows only the new', async (t) => {
  const [older, newer] = [newSigningSecret(), newSigningSecret()];
  const request = await deliveredWith(t, [
    { secret: newer, until: null },
    { secret: older, until: inHours(1) },
  ]);
  assert.ok(accepts(older, request));
  assert.ok(accepts(newer, request));
});

test('after its overlap an old secret signs nothing any more', async (t) => {
  const [older, newer] = [newSigningSecret(), newSigningSecret()];
  const request = await deliveredWith(t, [
    { secret: newer, until: null },
    { secret: older, until: inHours(-1) },
  ]);
  assert.ok(!accepts(older, request));
  assert.ok(accepts(newer, request));
});

test('a second rotation within a day takes nothing from those who know the first secret', async (t) => {
  const [first, second, third] = [newSigningSecret(), newSigningSecret(), newSigningSecret()];
  const now = new Date();
  const once = rotated([{ secret: first, until: null }], second, now);
  const twice = rotated(once, third, now);
  const request = await deliveredWith(t, twice);
  for (const secret of [first, second, third]) assert.ok(accepts(secret, request));

  const ends = twice.map(({ until }) => until && Date.parse(until) - now.getTime());
  assert.deepEqual(ends, [null, 24 * hour, 24 * hour]);
  const nextDay = new Date(now.getTime() + 25 * hour);
  assert.deepEqual(
    rotated(twice, newSigningSecret(), nextDay)
      .slice(1)
      .map(({ secret }) => secret),
    [third],
  );
});

test('secrets are kept in bounded number, however often one rotates', () => {
  let secrets = [{ secret: newSigningSecret(), until: null as string | null }];
  for (let i = 0; i < 50; i++) secrets = rotated(secrets, newSigningSecret(), new Date());
  assert.ok(secrets.length <= 5);
  assert.equal(secrets.filter(({ until }) => until === null).length, 1);
});
