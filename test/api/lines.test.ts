import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePorts } from '../../lab/ports.ts';
import { ndjsonResponse } from '../../src/api/ndjson.ts';
import { Problem } from '../../src/model/problem.ts';
import { furnish, startWorld, type World } from './world.ts';

const gone = new Problem({
  code: 'imap.gone',
  kind: 'unavailable',
  title: 'The mail server has gone',
  remedy: 'Wait.',
});

/** Lines of a response, one at a time. */
async function* linesOf({ body }: Response): AsyncGenerator<unknown> {
  assert.ok(body);
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    assert.match(chunk, /^[^\n]+\n$/);
    yield JSON.parse(chunk);
  }
}

async function readAll(response: Response): Promise<unknown[]> {
  const lines: unknown[] = [];
  for await (const line of linesOf(response)) lines.push(line);
  return lines;
}

async function* items(...given: (object | Error)[]): AsyncGenerator<object> {
  for (const item of given)
    if (item instanceof Error) throw item;
    else yield item;
}

const unexpected = (error: unknown) => assert.fail(String(error));

test('each line is sent as it comes, not when all are there', async () => {
  const second = Promise.withResolvers<object>();
  async function* slowly() {
    yield { step: 1 };
    yield await second.promise;
  }
  const response = await ndjsonResponse(slowly(), unexpected);
  assert.equal(response.headers.get('x-accel-buffering'), 'no', 'nor does a proxy gather them');
  const lines = linesOf(response);
  assert.deepEqual((await lines.next()).value, { step: 1 });
  second.resolve({ step: 2 });
  assert.deepEqual((await lines.next()).value, { step: 2 });
  assert.equal((await lines.next()).done, true);
});

test('a failure before the first line is an answer of its own; a later one is the last line', async () => {
  const told: unknown[] = [];
  await assert.rejects(ndjsonResponse(items(gone), unexpected), gone);
  const response = await ndjsonResponse(items({ step: 1 }, gone), (error) => told.push(error));
  assert.deepEqual(await readAll(response), [{ step: 1 }, { problem: gone.toJSON() }]);
  assert.deepEqual(told, [gone]);
});

test('what goes wrong unexpectedly on the way is told to us, not to the client', async () => {
  const told: unknown[] = [];
  const secret = new Error('password=hush');
  const response = await ndjsonResponse(items({ step: 1 }, secret), (error) => told.push(error));
  const lines = await readAll(response);
  assert.doesNotMatch(JSON.stringify(lines), /hush/);
  assert.deepEqual(told, [secret]);
});

test('a client that goes ends the work behind the lines', async () => {
  const ended = Promise.withResolvers<void>();
  async function* endless() {
    try {
      for (let step = 0; ; step++) yield { step };
    } finally {
      ended.resolve();
    }
  }
  const { body } = await ndjsonResponse(endless(), unexpected);
  await body?.cancel();
  await ended.promise;
});

/** A server at a port of this machine where nobody listens. */
async function unreachable(world: World): Promise<string> {
  const { server } = await furnish(world);
  const [port] = await freePorts(1);
  await world.call('PATCH', `/api/servers/${server.id}`, { port });
  return `/api/servers/${server.id}`;
}

test('a test of the connection answers step by step, and at last what they come to', async (t) => {
  const world = await startWorld(t);
  const { status, headers, text } = await world.call('POST', `${await unreachable(world)}/examine`);
  assert.deepEqual([status, headers['content-type']], [200, 'application/x-ndjson']);
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { diagnosis } = lines.pop();
  const [name, connection, encryption] = lines;
  assert.deepEqual([name.check, name.outcome, name.problem], ['name', 'passed', null]);
  assert.deepEqual([connection.check, connection.outcome], ['connection', 'failed']);
  assert.deepEqual([encryption.outcome, encryption.waitsFor], ['not-judged', ['connection']]);
  assert.equal(diagnosis.problem.code, connection.problem.code);
  assert.ok(diagnosis.problem.remedy);
});

test('all servers at once: what each comes to', async (t) => {
  const world = await startWorld(t);
  await world.call('POST', `${await unreachable(world)}/resume`);
  const { status, text } = await world.call('POST', '/api/doctor');
  assert.equal(status, 200);
  const { server, diagnosis } = JSON.parse(text);
  assert.deepEqual([server.name, diagnosis.problem.kind], ['Support', 'unavailable']);
});

test('reading once says that it began; what stops it is the last line', async (t) => {
  const world = await startWorld(t);
  const { status, text } = await world.call('POST', `${await unreachable(world)}/sync`);
  assert.equal(status, 200);
  const [began, ended] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(began, { server: 'Support', condition: 'synchronising' });
  assert.deepEqual(Object.keys(ended), ['problem']);
  assert.match(ended.problem.code, /^(imap|oauth)\./);
});

test('an authority that cannot be reached is told as the other side’s failure', async (t) => {
  const world = await startWorld(t);
  const [port] = await freePorts(1);
  const input = {
    name: 'App',
    provider: 'custom',
    grant: 'client_credentials',
    tokenUrl: `https://127.0.0.1:${port}/token`,
    clientId: 'letterbox',
    clientSecret: 'hush',
  };
  const { id } = (await world.call('POST', '/api/profiles', input)).json;
  const { status, json } = await world.call('POST', `/api/profiles/${id}/connect`);
  assert.equal(status, 502);
  assert.match(json.code, /^oauth\./);
  assert.ok(json.remedy);
});

test('where a person must consent, the address to open is told, and how the consent stands', async (t) => {
  const world = await startWorld(t);
  const { profile } = await furnish(world);
  const { status, json } = await world.call('POST', `/api/profiles/${profile.id}/connect`);
  assert.equal(status, 200);
  assert.equal(json.url, `${world.url}/profiles/${profile.id}/connect`);
  assert.equal((await world.call('GET', `/api/profiles/${profile.id}/consent`)).json, null);
});
