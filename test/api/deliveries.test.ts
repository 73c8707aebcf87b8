import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { makeMail } from '../../lab/mail.ts';
import { draftOf } from '../../src/compose/draft.ts';
import type { DeliveryJson } from '../../src/model/delivery.ts';
import type { ProblemJson } from '../../src/model/problem.ts';
import { letter } from '../compose/setting.ts';
import { outgoingServer } from '../outgoing/setting.ts';
import { put } from '../resources/fixtures.ts';
import { furnish, receive, startWorld } from './world.ts';

const problem: ProblemJson = {
  code: 'webhook.refused',
  kind: 'refused',
  title: 'The destination refused the message',
  remedy: 'Look at its log.',
  retry: 'no',
};

/** Five deliveries to each of two destinations that are switched off: one delivered, two dead, two pending. */
async function startWithDeliveries(t: TestContext) {
  const world = await startWorld(t);
  const { server } = await furnish(world);
  const destinations: string[] = [];
  for (const name of ['Tickets', 'Archive']) {
    const input = { name, url: `https://${name.toLowerCase()}.contoso.example`, enabled: false };
    destinations.push((await world.call('POST', '/api/destinations', input)).json.id);
  }
  const mails = Array.from({ length: 5 }, (_, n) => makeMail(n));
  const messages = await receive(world, server, mails, destinations);
  const states = ['delivered', 'dead', 'dead', 'pending', 'pending'] as const;
  for (const [n, messageId] of messages.entries())
    for (const delivery of (await world.store.deliveries.list({ messageId, limit: 10 })).items)
      await world.store.deliveries.settle({
        ...delivery,
        state: states[n] ?? 'pending',
        attempts: 1,
        problem: states[n] === 'dead' ? problem : null,
      });
  const list = async (query: string): Promise<DeliveryJson[]> =>
    (await world.call('GET', `/api/deliveries?${query}`)).json.items;
  const replay = (body: object) => world.call('POST', '/api/deliveries/replay', body);
  return { ...world, messages, destinations, list, replay };
}

test('deliveries are listed by state, destination and message, newest first and page by page', async (t) => {
  const { call, list, messages, destinations } = await startWithDeliveries(t);
  assert.equal((await list('')).length, 10);
  assert.equal((await list('state=dead')).length, 4);
  const [some] = await list(`state=dead&destinationId=${destinations[1]}&messageId=${messages[1]}`);
  assert.deepEqual(some?.problem, problem);
  assert.deepEqual((await call('GET', `/api/deliveries/${some?.id}`)).json, { ...some, history: [] });

  const first = (await call('GET', '/api/deliveries?limit=7')).json;
  const rest = (await call('GET', `/api/deliveries?limit=7&before=${first.next}`)).json;
  assert.equal(rest.next, null);
  const order = [...first.items, ...rest.items].map(({ sequence }) => sequence);
  assert.deepEqual(
    order,
    [...new Set(order)].toSorted((a, b) => b - a),
  );
  assert.equal(order.length, 10);
});

test('a delivery is made again under another id, which names the first; one that is pending keeps its own', async (t) => {
  const { call, list, replay } = await startWithDeliveries(t);
  const [delivered] = await list('state=delivered');
  const [dead] = await list('state=dead');
  const [pending] = await list('state=pending');
  const ids = [delivered?.id, dead?.id, pending?.id];
  assert.deepEqual((await replay({ ids })).json, { replayed: 3 });
  for (const again of [delivered, dead]) {
    const { id, state, attempts, replayId } = (await call('GET', `/api/deliveries/${again?.id}`)).json;
    assert.deepEqual([state, attempts], ['pending', 0]);
    assert.match(replayId, /^dlv_/);
    assert.notEqual(replayId, id);
  }
  const { replayId } = (await call('GET', `/api/deliveries/${pending?.id}`)).json;
  assert.equal(replayId, null);
});

test('all dead letters are made again, or those of one destination', async (t) => {
  const { list, replay, destinations } = await startWithDeliveries(t);
  assert.deepEqual((await replay({ state: 'dead', destinationId: destinations[0] })).json, { replayed: 2 });
  const left = await list('state=dead');
  assert.deepEqual(new Set(left.map(({ destinationId }) => destinationId)), new Set([destinations[1]]));
  assert.deepEqual((await replay({ state: 'dead' })).json, { replayed: 2 });
  assert.deepEqual(await list('state=dead'), []);
});

test('a delivery says what is delivered and where to; dead letters of an outgoing server are made again too', async (t) => {
  const { store, list, replay } = await startWithDeliveries(t);
  const server = outgoingServer({ port: 587 });
  await put(store, 'outgoing-server', server);
  const draft = await draftOf(server, letter());
  await store.outbox.add([draft]);
  const [delivery] = (await store.deliveries.list({ messageId: draft.mail.id, limit: 1 })).items;
  await store.deliveries.settle({
    ...(delivery ?? assert.fail('it is in the outbox')),
    state: 'dead',
    problem,
  });
  const [mail, message] = await list('');
  assert.deepEqual(
    [mail?.itemKind, mail?.messageId, mail?.targetKind, mail?.destinationId],
    ['mail', draft.mail.id, 'outgoing-server', server.id],
  );
  assert.deepEqual([message?.itemKind, message?.targetKind], ['message', 'destination']);
  assert.deepEqual((await replay({ state: 'dead', destinationId: server.id })).json, { replayed: 1 });
  assert.equal((await list('state=dead')).length, 4);
});

test('a replay that asks for what is not there, or for too much, replays nothing', async (t) => {
  const { list, replay } = await startWithDeliveries(t);
  const before = await list('');
  const [dead] = await list('state=dead');
  for (const [body, status] of [
    [{ ids: [dead?.id, 'dlv_unknown'] }, 404],
    [{ state: 'dead', destinationId: 'dst_unknown' }, 404],
    [{ ids: [] }, 422],
    [{ ids: Array.from({ length: 1001 }, () => dead?.id) }, 422],
    [{ ids: dead?.id }, 422],
    [{ state: 'delivered' }, 422],
    [{ ids: [dead?.id], state: 'dead' }, 422],
    [{}, 422],
  ] as const)
    assert.equal((await replay(body)).status, status, JSON.stringify(body).slice(0, 100));
  assert.deepEqual(await list(''), before);
});

test('what waits in quarantine says where it lies and why, until a person ends it', async (t) => {
  const world = await startWorld(t);
  const { server } = await furnish(world);
  const entry = {
    id: 'qrn_1',
    serverId: server.id,
    position: { folder: 'INBOX', validity: '1', uid: '9' },
    receivedAt: null,
    messageId: null,
    problem: {
      code: 'message.too-large',
      kind: 'message' as const,
      title: 'The message is too large',
      remedy: 'Raise the limit.',
      retry: 'no',
    },
    quarantinedAt: '2026-11-24T10:00:00.000Z',
    state: 'quarantined' as const,
    looks: 0,
    nextLookAt: null,
  };
  await world.store.quarantine.add(entry, null);
  assert.deepEqual((await world.call('GET', '/api/quarantine')).json, [entry]);
  assert.equal((await world.call('POST', `/api/quarantine/${entry.id}/dismiss`)).status, 204);
  assert.deepEqual((await world.call('GET', '/api/quarantine')).json, []);
  assert.equal((await world.call('POST', `/api/quarantine/${entry.id}/dismiss`)).status, 404);
});

test('what was answered at each attempt is read with the delivery', async (t) => {
  const { call, list, store } = await startWithDeliveries(t);
  const [{ id = '' } = {}] = await list('state=pending');
  const delivery = (await store.deliveries.get(id)) ?? assert.fail('it is there');
  const answer = { status: 500, headers: 'server: nginx', body: 'Ouch' };
  const at = new Date().toISOString();
  await store.deliveries.settle(delivery, { at, took: 12.4, answer, problem: 'webhook.refused' });
  await store.deliveries.settle(delivery, { at, took: 20_000, answer: null, problem: 'webhook.time-out' });
  assert.deepEqual((await call('GET', `/api/deliveries/${id}`)).json.history, [
    { at, took: 20_000, answer: null, problem: 'webhook.time-out' },
    { at, took: 12, answer, problem: 'webhook.refused' },
  ]);
});

test('a destination that answered 410 says so, and is switched on again by a person', async (t) => {
  const { call, store, destinations } = await startWithDeliveries(t);
  const path = `/api/destinations/${destinations[0]}`;
  const { endpoint, ...destination } = (await call('GET', path)).json;
  assert.deepEqual(endpoint, { disabled: null, disabledAt: null, restsUntil: null });
  const at = new Date().toISOString();
  await store.endpoints.set(destination, { disabled: problem, disabledAt: at, restsUntil: null });
  const stands = async () => [
    (await call('GET', path)).json.endpoint,
    (await call('GET', '/api/destinations')).json.find(({ id }: { id: string }) => id === destination.id)
      .endpoint,
  ];
  assert.deepEqual(await stands(), Array(2).fill({ disabled: problem, disabledAt: at, restsUntil: null }));
  assert.equal((await call('POST', `${path}/switch-on`, {})).status, 204);
  assert.deepEqual(await stands(), [endpoint, endpoint]);
});
