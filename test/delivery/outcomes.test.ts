import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Answer } from '../../lab/receiver.ts';
import { settled } from '../../src/delivery/settling.ts';
import type { Delivery } from '../../src/model/delivery.ts';
import { Problem, type ProblemJson } from '../../src/model/problem.ts';
import { retryAfter } from '../../src/network/retry-after.ts';
import { put } from '../resources/fixtures.ts';
import { until } from '../until.ts';
import { mail, type Options, options, startDelivering } from './delivering.ts';

const hour = 3_600_000;

/** One message to a receiver that answers as the script says, in its order, and yes after its end. */
async function deliverTo(
  t: TestContext,
  script: (Answer | (() => Answer))[],
  changes: Partial<Options> = {},
) {
  const world = await startDelivering(t, changes);
  const { receiver } = await world.addTarget('tickets');
  /** How each attempt ended. */
  const history: { state: string; problem: ProblemJson | null }[] = [];
  world.events.on('delivery.settled', ({ state, problem }) => history.push({ state, problem }));
  receiver.answer(() => {
    const answer = script[receiver.requests.length - 1] ?? { status: 204 };
    return typeof answer === 'function' ? answer() : answer;
  });
  await world.receive(mail('one'));
  await world.dispatcher.start();
  const delivery = async () => (await world.deliveries())[0] as Delivery;
  const attempted = async (times: number) => {
    await until(`there were ${times} attempts`, async () => (await delivery()).attempts >= times);
    return delivery();
  };
  return { ...world, receiver, history, delivery, attempted };
}

/** A delivery that has failed so often, as it stands after another failure. */
function afterFailure(attempts: number, changes: Partial<Options> = {}): number {
  const now = Date.now();
  const delivery = { attempts, clockFrom: 0 } as Delivery;
  const problem = new Problem({
    code: 'webhook.refused',
    kind: 'refused',
    title: 'No',
    remedy: 'None.',
    retry: 'later',
  });
  const { nextAttemptAt } = settled(delivery, { kind: 'retry', after: null, problem }, options(changes), {
    now,
    clock: 0,
  });
  return Date.parse(nextAttemptAt) - now;
}

test('retries wait exponentially longer, each by chance between half and all of it, and no longer than an hour', () => {
  for (const [attempts, full] of [
    [0, 5_000],
    [1, 10_000],
    [5, 160_000],
    [12, hour],
    [5_000, hour],
  ] as const) {
    const delays = Array.from({ length: 200 }, () => afterFailure(attempts, { firstRetrySeconds: 5 }));
    assert.ok(Math.min(...delays) >= full / 2 && Math.max(...delays) <= full, `${attempts}: ${delays}`);
    assert.ok(new Set(delays).size > 20, 'those who failed together do not come back together');
  }
});

test('what fails is tried again until it is accepted, and the reason of the last failure is kept until then', async (t) => {
  const script = [{ status: 500 }, { status: 404 }, { status: 400 }];
  const { attempted, receiver, history } = await deliverTo(t, script);
  const { state, problem, deliveredAt } = await attempted(4);
  assert.deepEqual([state, problem], ['delivered', null]);
  assert.ok(deliveredAt);
  assert.equal(receiver.requests.length, 4);
  assert.deepEqual(
    history.map(({ state, problem }) => [state, problem?.code, problem?.detail]),
    [
      ['pending', 'webhook.refused', 'status 500'],
      ['pending', 'webhook.refused', 'status 404'],
      ['pending', 'webhook.refused', 'status 400'],
      ['delivered', undefined, undefined],
    ],
  );
});

test('any 2xx is a yes', async (t) => {
  for (const status of [200, 201, 202, 204, 299]) {
    const { attempted } = await deliverTo(t, [{ status }]);
    assert.equal((await attempted(1)).state, 'delivered');
  }
});

test('Retry-After with 409, 429 and 503 is honoured, in seconds and as a date', async (t) => {
  const waitsAsAsked = async (status: number) => {
    let named = 0;
    const { attempted, receiver } = await deliverTo(t, [
      { status, headers: { 'retry-after': '1' } },
      () => {
        named = Math.ceil(Date.now() / 1000) * 1000 + 1000;
        return { status, headers: { 'retry-after': new Date(named).toUTCString() } };
      },
    ]);
    await attempted(3);
    const [first, second, third] = receiver.requests.map(({ at }) => at);
    assert.ok(Number(second) >= Number(first) + 1000);
    assert.ok(Number(third) >= named);
  };
  await Promise.all([409, 429, 503].map(waitsAsAsked));
});

test('a Retry-After that is absurd is bounded by a day, one that says nothing leaves the usual delay', () => {
  for (const [field, least, most] of [
    ['9'.repeat(400), 23 * hour, 24 * hour],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 23 * hour, 24 * hour],
    ['soon', 0, 1_000],
    ['-1', 0, 1_000],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 0, 1_000],
  ] as const) {
    const before = Date.now();
    const until = retryAfter(field, 24 * hour)?.getTime() ?? before;
    assert.ok(until - before >= least && until - before <= most, `${field}: ${until - before}`);
  }
});

test('a wait beyond the last day still leaves one attempt, at its end', async (t) => {
  const { attempted } = await deliverTo(t, [{ status: 409, headers: { 'retry-after': '7200' } }], {
    giveUpAfterHours: 0.5,
  });
  const { nextAttemptAt, lastAttemptAt } = await attempted(1);
  const delay = Date.parse(nextAttemptAt) - Date.parse(lastAttemptAt ?? '');
  assert.ok(delay > 0.4 * hour && delay <= 0.5 * hour, `${delay}`);
});

test('a redirect is not followed: it is a failure that says what to do', async (t) => {
  const { attempted, addTarget, history } = await deliverTo(t, [
    () => ({ status: 307, headers: { location: `${elsewhere.receiver.url}` } }),
    { status: 301 },
    { status: 302 },
  ]);
  const elsewhere = await addTarget('elsewhere');
  assert.equal((await attempted(4)).state, 'delivered');
  for (const { problem } of history.slice(0, 3)) {
    assert.equal(problem?.code, 'webhook.redirect');
    assert.match(problem?.remedy ?? '', /final URL/);
  }
  assert.deepEqual(elsewhere.receiver.requests, []);
});

test('a delivery that has failed for giveUpAfterHours is a dead letter with its reason', async (t) => {
  const script = Array<Answer>(1000).fill({ status: 500 });
  const { delivery, receiver, history } = await deliverTo(t, script, { giveUpAfterHours: 1 / 3600 });
  await until('it is given up', async () => (await delivery()).state === 'dead');
  const { problem, attempts, createdAt, lastAttemptAt } = await delivery();
  assert.equal(problem?.code, 'webhook.refused');
  assert.equal(attempts, receiver.requests.length);
  assert.ok(attempts > 1);
  assert.ok(Date.parse(lastAttemptAt ?? '') >= Date.parse(createdAt) + 1000, 'not before its time was over');
  assert.deepEqual(
    history.map(({ state }) => state),
    [...Array(attempts - 1).fill('pending'), 'dead'],
  );
});

test('a receiver that does not answer in time is tried again, and the reason says so', async (t) => {
  const { attempted, history } = await deliverTo(t, ['hang'], { timeoutSeconds: 0.2 });
  assert.equal((await attempted(2)).state, 'delivered');
  assert.equal(history[0]?.problem?.code, 'webhook.time-out');
});

test('a connection that is dropped is tried again, as is a host that nobody answers at', async (t) => {
  const { attempted, history } = await deliverTo(t, ['drop']);
  assert.equal((await attempted(2)).state, 'delivered');
  const [dropped] = history;
  assert.deepEqual([dropped?.problem?.code, dropped?.problem?.retry], ['webhook.answer-unreadable', 'later']);

  const dead = await deliverTo(t, []);
  await dead.receiver.stop();
  await dead.receive(mail('two'));
  dead.dispatcher.wake();
  const second = async () => (await dead.deliveries())[1];
  await until('it was tried', async () => ((await second())?.attempts ?? 0) > 0);
  assert.match(
    (await second())?.problem?.detail ?? '',
    /^The destination at 127\.0\.0\.1:\d+: the connection/,
  );
});

test('an answer counts by its status, however its body ends: endless, broken off, or never', async (t) => {
  for (const answer of [
    { status: 200, endless: true },
    { status: 200, broken: true },
  ] satisfies Answer[]) {
    const { attempted, receiver } = await deliverTo(t, [answer]);
    assert.equal((await attempted(1)).state, 'delivered');
    assert.equal(receiver.requests.length, 1);
  }
  for (const answer of [
    { status: 422, endless: true },
    { status: 422, broken: true },
  ] satisfies Answer[]) {
    const { attempted } = await deliverTo(t, [answer]);
    const { state, problem } = await attempted(1);
    assert.deepEqual([state, problem?.detail], ['pending', 'status 422']);
  }
});

/** A server of bytes: `answer` writes to the connection for each request that comes on it, counted from 1. */
async function startBareServer(t: TestContext, answer: (socket: Socket, request: number) => void) {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    let requests = 0;
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      if (data.includes('POST ')) answer(socket, ++requests);
    });
  });
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/`, connections: () => connections };
}

async function deliverToUrl(t: TestContext, url: string, mails: number, changes: Partial<Options> = {}) {
  const world = await startDelivering(t, changes);
  const { destination } = await world.addTarget('bare');
  await put(world.store, 'destination', { ...destination, url });
  await world.dispatcher.start();
  for (let n = 1; n <= mails; n++) {
    await world.receive(mail(`${n}`));
    world.dispatcher.wake();
    await until('it is settled', async () => ((await world.deliveries())[n - 1]?.attempts ?? 0) > 0);
  }
  return world.deliveries();
}

test('a yes whose body trickles on is a yes, not a time-out that would send the message again', async (t) => {
  const { url } = await startBareServer(t, (socket) =>
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx'),
  );
  const [delivery] = await deliverToUrl(t, url, 1, { timeoutSeconds: 0.3 });
  assert.equal(delivery?.state, 'delivered');
});

test('headers without end are cut off, and are no answer that can be read', async (t) => {
  const { url } = await startBareServer(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const more = setInterval(() => socket.write(`X-More: ${'x'.repeat(8_000)}\r\n`), 5);
    socket.on('close', () => clearInterval(more));
  });
  const [delivery] = await deliverToUrl(t, url, 1);
  assert.deepEqual([delivery?.state, delivery?.problem?.code], ['pending', 'webhook.answer-unreadable']);
});

test('what is no answer is told as that, never as a yes nor as unreachable', async (t) => {
  for (const [bytes, told] of [
    ['HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', /101/],
    ['220 mail.example.com ESMTP\r\n', /no HTTP \(HPE_/],
    [`HTTP/1.1 200 OK\r\nX-Policy: ${'x'.repeat(70 * 1024)}\r\n\r\n`, /64 KiB/],
  ] as const) {
    const { url } = await startBareServer(t, (socket) => socket.write(bytes));
    const [delivery] = await deliverToUrl(t, url, 1, { firstRetrySeconds: 600 });
    assert.deepEqual([delivery?.state, delivery?.problem?.code], ['pending', 'webhook.answer-unreadable']);
    assert.match(delivery?.problem?.detail ?? '', told);
  }
  const { url } = await startBareServer(t, (socket) =>
    socket.write(
      `HTTP/1.1 200 OK\r\nContent-Security-Policy: ${'x'.repeat(20 * 1024)}\r\nContent-Length: 0\r\n\r\n`,
    ),
  );
  assert.equal((await deliverToUrl(t, url, 1))[0]?.state, 'delivered', 'a header of 20 KiB is one');
});

test('a request says who asks and what it takes', async (t) => {
  const { attempted, receiver } = await deliverTo(t, []);
  await attempted(1);
  const { 'user-agent': agent, accept, 'content-type': type } = receiver.requests[0]?.headers ?? {};
  assert.match(agent ?? '', /^Letterbox\/\d+\.\d+\.\d+$/);
  assert.deepEqual([accept, type], ['*/*', 'application/json']);
});

test('a kept connection that the receiver has given up costs no attempt: the message goes over a new one', async (t) => {
  const { url, connections } = await startBareServer(t, (socket, request) => {
    if (request === 1) socket.write('HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n');
    else socket.resetAndDestroy();
  });
  const deliveries = await deliverToUrl(t, url, 3);
  assert.deepEqual(
    deliveries.map(({ state, attempts }) => [state, attempts]),
    [
      ['delivered', 1],
      ['delivered', 1],
      ['delivered', 1],
    ],
  );
  assert.equal(connections(), 3);
});
