import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { after, afterEach, before, test } from 'node:test';
import { noFaults } from '../../lab/graph/faults.ts';
import type { TokenSource } from '../../src/model/token.ts';
import type { MailSource } from '../../src/sources/source.ts';
import { mail, mails } from './dovecot-world.ts';
import { type GraphWorld, startGraphWorld } from './graph-world.ts';
import { knownAmong, problemOf, readNow, type Seen, see, sha256 } from './setting.ts';

let world: GraphWorld;
before(async () => {
  world = await startGraphWorld();
});
afterEach(() => {
  Object.assign(world.graph.faults, noFaults());
});
after(() => world.stop());

function outcomes(seen: Seen[]): string[] {
  return seen.map((event) => (event.kind === 'message' ? event.sha256 : event.code));
}

/** Mails to a mailbox, a minute between them; returns their immutable ids. */
async function deliverAll(address: string, bytes: Uint8Array[]): Promise<string[]> {
  const ids: string[] = [];
  for (const [i, one] of bytes.entries()) {
    const receivedAt = new Date(Date.UTC(2026, 0, 1) + i * 60_000);
    ids.push((await world.graph.deliver(address, one, { receivedAt })).immutableId);
  }
  return ids;
}

test('a token that expires while the mailbox is read is discarded, and the reading goes on with a fresh one', async (t) => {
  const address = 'expired@example.com';
  await deliverAll(address, mails(20));
  const [good, expired, fresh] = await Promise.all([
    world.tokenFor(),
    world.tokenFor({ expires: new Date(Date.now() - 60_000) }),
    world.tokenFor({ expires: new Date(Date.now() + 7_200_000) }),
  ]);
  let asked = 0;
  const discarded = new Set<string>();
  const tokens: TokenSource = {
    async accessToken() {
      const token = discarded.has(expired) ? fresh : ++asked > 10 ? expired : good;
      return { token, expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
    },
    discard: (token) => void discarded.add(token),
  };
  const { seen } = await readNow(world.source(t, address, { tokens }));
  assert.deepEqual(outcomes(seen), mails(20).map(sha256));
  assert.deepEqual([...discarded], [expired]);
});

test('what Graph refuses is told in plain words, each with its own remedy', async (t) => {
  const [own, other, onPremises] = ['own@example.com', 'other@example.com', 'premises@example.com'];
  for (const address of [own, other, onPremises]) world.graph.mailbox(address);
  world.graph.faults.notEnabled.add(onPremises);
  world.graph.restrict('restricted-app', [other]);
  const person = { person: own, permissions: ['Mail.ReadWrite.Shared'] };
  const cases: [string, Parameters<GraphWorld['tokens']>[0], string, RegExp][] = [
    [
      own,
      { audience: 'https://outlook.office.com' },
      'graph.sign-in-refused',
      /https:\/\/graph\.microsoft\.com/,
    ],
    [own, { permissions: ['User.Read.All'] }, 'graph.access-denied', /grant admin consent/],
    [own, { appId: 'restricted-app' }, 'graph.access-denied', /Test-ServicePrincipalAuthorization/],
    [other, person, 'graph.access-denied', /Add-MailboxPermission -Identity other@example\.com/],
    [onPremises, {}, 'graph.mailbox-not-enabled', /licence/],
    ['nobody@example.com', {}, 'graph.mailbox-unknown', /Check the address/],
  ];
  for (const [address, wish, code, remedy] of cases) {
    const source = world.source(t, address, { tokens: world.tokens(wish) });
    // One after the other: of two at once the one that nobody waits for yet may fail first
    for (const attempt of [() => source.inspect(), () => readNow(source)]) {
      const problem = await problemOf(attempt());
      assert.equal(problem.code, code);
      assert.match(problem.remedy ?? '', remedy);
      assert.match(problem.detail ?? '', /^Support at localhost.*request-id/);
      assert.equal(problem.retry, 'later');
    }
  }
});

test('a shared mailbox is read with the permission for shared ones, by a person who has access to it', async (t) => {
  const [person, shared] = ['person@example.com', 'team@example.com'];
  await world.graph.deliver(shared, mail(1));
  world.graph.share(shared, person);
  const tokens = world.tokens({ person, permissions: ['Mail.ReadWrite.Shared'] });
  const { seen } = await readNow(world.source(t, shared, { tokens, server: { shared: true } }));
  assert.deepEqual(outcomes(seen), [sha256(mail(1))]);
});

test('the sign-in name opens the mailbox where it is not its address', async (t) => {
  await world.graph.deliver('upn@example.com', mail(1));
  const source = world.source(t, 'alias@example.com', { server: { username: 'upn@example.com' } });
  assert.equal((await readNow(source)).seen.length, 1);
});

test('a password is not sent to Graph', async (t) => {
  const tokens: TokenSource = {
    accessToken: async () => ({ token: 'secret', expiresAt: new Date().toISOString(), isPassword: true }),
    discard() {},
  };
  const { length } = world.graph.requests;
  const problem = await problemOf(world.source(t, 'password@example.com', { tokens }).inspect());
  assert.equal(problem.code, 'graph.password-unwanted');
  assert.equal(world.graph.requests.length, length);
});

for (const fault of ['throttled', 'unavailable'] as const)
  test(`when Graph is ${fault} and says for how long, it is left alone for so long`, async (t) => {
    const address = `${fault}@example.com`;
    await deliverAll(address, mails(3));
    const source = world.source(t, address);
    Object.assign(world.graph.faults, { [fault]: 1, retryAfter: '120' });
    const before = Date.now();
    for (const attempt of [
      () => readNow(source),
      () => source.act([{ folder: 'INBOX', validity: '', uid: 'x' }], { action: 'delete' }),
    ]) {
      world.graph.faults[fault] = 1;
      const problem = await problemOf(attempt());
      assert.equal(problem.code, 'graph.throttled');
      assert.ok(problem.retry instanceof Date);
      const seconds = (problem.retry.getTime() - before) / 1000;
      assert.ok(seconds >= 119 && seconds < 180, `${seconds} s`);
    }
    assert.equal((await readNow(source)).seen.length, 3);
  });

test('when Graph is out of order and does not say for how long, it is tried later', async (t) => {
  Object.assign(world.graph.faults, { unavailable: 1, retryAfter: null });
  const problem = await problemOf(world.source(t, 'own@example.com').inspect());
  assert.deepEqual([problem.code, problem.retry], ['graph.unavailable', 'later']);
});

test('a gateway time-out passes; a message that always runs into it is told as unreadable, and stops no other', async (t) => {
  const address = 'gateway@example.com';
  const ids = await deliverAll(address, mails(4));
  world.graph.faults.gatewayTimeouts.set(ids[1] as string, 1).set(ids[2] as string, 1_000);
  const stored = new Set<string>();
  const source = world.source(t, address, { known: knownAmong((uid) => stored.has(uid)) });
  const { seen, problems } = await readThrough(source, 4, stored);
  assert.deepEqual(problems, ['graph.unavailable', 'graph.unavailable']);
  assert.deepEqual(outcomes(seen), [sha256(mail(1)), sha256(mail(2)), sha256(mail(4)), 'message.unreadable']);
});

test('a connection that breaks in the middle of a message is made up for, also in a large one', async (t) => {
  const address = 'broken@example.com';
  const sent = [mail(1, 'a'.repeat(100_000)), mail(2, 'b'.repeat(5_000_000)), mail(3)];
  const ids = await deliverAll(address, sent);
  world.graph.faults.breakAfterBytes = 60_000;
  world.graph.faults.brokenBodies.set(ids[0] as string, 2);
  const large = ids[1] as string;
  const source = world.source(t, address);
  const seen: Seen[] = [];
  for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal })) {
    if (event.kind === 'caught-up') continue;
    seen.push(await see(event));
  }
  assert.deepEqual(outcomes(seen), sent.map(sha256));

  world.graph.faults.breakAfterBytes = 3_000_000;
  world.graph.faults.brokenBodies.set(large, 2);
  const again = await readNow(world.source(t, address));
  assert.deepEqual(outcomes(again.seen), sent.map(sha256));
});

/** Reads again and again from the last cursor, as the mailbox's loop does, until it has caught up. */
async function readThrough(
  source: MailSource,
  most: number,
  stored = new Set<string>(),
): Promise<{ seen: Seen[]; problems: string[] }> {
  const seen: Seen[] = [];
  const problems: string[] = [];
  let cursor: string | null = null;
  for (let run = 0; run < most; run++)
    try {
      for await (const event of source.messages(cursor, {
        watch: false,
        signal: new AbortController().signal,
      })) {
        if (event.kind === 'caught-up') return { seen, problems };
        seen.push(await see(event));
        stored.add(event.position.uid);
        cursor = event.cursor;
      }
    } catch (error) {
      problems.push((error as { code: string }).code);
    }
  throw new Error(`not through after ${most} runs: ${problems.join(', ')}`);
}

test('a large message that never comes to its end is given up at last, and the others come', async (t) => {
  const address = 'endless@example.com';
  const ids = await deliverAll(address, [mail(1, 'x'.repeat(3_000_000)), mail(2)]);
  world.graph.faults.breakAfterBytes = 2_000_000;
  world.graph.faults.brokenBodies.set(ids[0] as string, 1_000);
  const stored = new Set<string>();
  const source = world.source(t, address, { known: knownAmong((uid) => stored.has(uid)) });
  const { seen, problems } = await readThrough(source, 4, stored);
  assert.deepEqual(new Set(problems), new Set(['graph.connection-lost']));
  assert.deepEqual(outcomes(seen), [sha256(mail(2)), 'message.unreadable']);
});

test('a message beyond the limit is told as that, whether or not its size is known beforehand', async (t) => {
  const address = 'limit@example.com';
  await deliverAll(address, [mail(1, 'x'.repeat(3_000_000)), mail(2)]);
  const options = { maxMessageBytes: 2_000_000 };
  const source = world.source(t, address, { options });
  const { seen } = await readThrough(source, 3);
  assert.deepEqual(outcomes(seen), [sha256(mail(2)), 'message.too-large']);
  world.graph.faults.sizeAnnounced = true;
  const again = await readNow(world.source(t, address, { options }));
  assert.deepEqual(outcomes(again.seen), ['message.too-large', sha256(mail(2))]);
});

test('a message that is deleted between the look and its fetching waits until the mailbox says so again', async (t) => {
  const address = 'vanishing@example.com';
  await deliverAll(address, mails(6));
  const mailbox = world.graph.mailbox(address);
  const source = world.source(t, address);
  const seen: Seen[] = [];
  for await (const event of source.messages(null, { watch: false, signal: new AbortController().signal })) {
    if (event.kind === 'caught-up') continue;
    seen.push(await see(event));
    const last = mailbox.messages().at(-1);
    if (seen.length === 1 && last) for (const _ of [1, 2]) mailbox.delete(last);
  }
  assert.deepEqual(outcomes(seen), [...mails(5).map(sha256), 'message.absent']);
});

test('whatever is not Graph is told as that: a web page, a redirection, JSON of another kind, links to another host', async (t) => {
  const { certFile, keyFile } = await world.certificates.issue();
  let answer: [number, Record<string, string>, string] = [200, {}, ''];
  const server = createServer(
    { cert: readFileSync(certFile), key: readFileSync(keyFile) },
    (request, response) => {
      const isDelta = request.url?.includes('/delta') === true;
      const [status, headers, body] = isDelta || answer[0] !== 200 ? answer : [200, {}, '{"id":"folder"}'];
      response.writeHead(status, headers).end(body);
    },
  ).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const link = 'https://elsewhere.example/v1.0/next';
  for (const [status, headers, body] of [
    [200, { 'content-type': 'text/html' }, '<html>Sign in</html>'],
    [302, { location: 'https://proxy.example/login' }, ''],
    [200, {}, '{"value":[{"subject":"no id"}]}'],
    [200, {}, '{"value":[]}'],
    [200, {}, JSON.stringify({ value: [], '@odata.nextLink': link })],
    [404, { 'content-type': 'text/html' }, '<html>Not found</html>'],
  ] as [number, Record<string, string>, string][]) {
    answer = [status, headers, body];
    const problem = await problemOf(readNow(world.source(t, 'own@example.com', { server: { port } })));
    assert.equal(problem.code, 'graph.protocol', body);
    assert.ok(!JSON.stringify(problem).includes('<html>'));
  }
});

test('a server that cannot be reached, or whose certificate is not trusted, is told as that', async (t) => {
  const closed = await problemOf(world.source(t, 'own@example.com', { server: { port: 1 } }).inspect());
  assert.equal(closed.code, 'graph.unreachable');
  const untrusted = world.source(t, 'own@example.com', { server: { certificateAuthority: null } });
  assert.equal((await problemOf(untrusted.inspect())).code, 'graph.certificate');
});
