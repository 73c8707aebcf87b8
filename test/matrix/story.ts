import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeMail } from '../../lab/mail.ts';
import type { Letterbox } from '../../src/app.ts';
import { peek, spawnServer } from '../end-to-end/world.ts';
import { until } from '../until.ts';
import { type Grant, grants } from './grants.ts';
import { type Protocol, subjects } from './subjects.ts';
import { furnishLetterbox, type MatrixWorld, sha256, storedChecksums } from './world.ts';

/** What befalls a mailbox, one after the other; after each step every message is here exactly once. */
export const scenarios = [
  'first sync of 1,000 messages',
  'new mail while watching',
  'restart',
  'token expires in mid-flight',
  'throttled',
  'lost cursor',
  'kill -9',
] as const;
export type Scenario = (typeof scenarios)[number];

/** What the test of one scenario is called. */
export function stepName(protocol: Protocol, grant: Grant, scenario: Scenario): string {
  return `${protocol}, ${grant}: ${scenario}`;
}

/** Lives long enough to sign in with, and is over in no time. */
const shortToken = 2;

/** The life of one mailbox, read by one protocol with one grant. */
export async function liveThrough(t: TestContext, world: MatrixWorld, protocol: Protocol, grant: Grant) {
  const name = `${protocol}-${grant.replaceAll(' ', '-')}`;
  const address = `${name}@contoso.example`;
  const subject = subjects[protocol](world, address);
  const own = await furnishLetterbox(world, name);
  const { authority, receiver } = world;
  const sent: string[] = [];
  let serverId = '';

  async function deliver(count: number): Promise<void> {
    const mails = Array.from({ length: count }, (_, n) => makeMail(sent.length + n));
    sent.push(...mails.map(sha256));
    await subject.deliver(mails);
  }

  async function onceEach(letterbox: Letterbox): Promise<void> {
    const { store } = letterbox;
    await until(
      `${sent.length} messages are delivered`,
      async () => (await store.deliveries.counts()).delivered >= sent.length,
      120,
    );
    assert.deepEqual(await storedChecksums(letterbox), sent.toSorted(), 'stored once, byte for byte');
    assert.deepEqual(await store.deliveries.counts(), { pending: 0, delivered: sent.length, dead: 0 });
  }

  const steps: Record<Scenario, (letterbox: Letterbox) => Promise<Letterbox>> = {
    async 'first sync of 1,000 messages'(letterbox) {
      await deliver(1_000);
      const { administration } = letterbox;
      const { signingSecret } = await administration.destinations.create({
        name: 'Tickets',
        url: receiver.url,
      });
      receiver.trust(signingSecret);
      const server = await administration.servers.create({
        name,
        address,
        ...subject.server,
        profileId: await grants[grant](world, letterbox, protocol, address),
        startFrom: 'everything',
      });
      serverId = server.id;
      return letterbox;
    },
    async 'new mail while watching'(letterbox) {
      await until('it watches', async () => (await state(letterbox)).condition === 'watching');
      await deliver(3);
      return letterbox;
    },
    async restart() {
      await own.stop();
      await deliver(2);
      return own.start();
    },
    async 'token expires in mid-flight'() {
      authority.faults.accessTokenSeconds = shortToken;
      await own.stop();
      const letterbox = await own.start();
      for (let times = 0; times < 3; times++) {
        await sleep((shortToken * 1000) / 2);
        await deliver(2);
        subject.dropConnections();
      }
      return letterbox;
    },
    async throttled(letterbox) {
      authority.faults.accessTokenSeconds = 3600;
      const seen = new Set<string>();
      letterbox.events.on('server.state', ({ condition }) => seen.add(condition));
      const throttling = await subject.throttle();
      await deliver(2);
      await until('it is told that it is throttled', () => seen.has('throttled'));
      await throttling.end();
      return letterbox;
    },
    async 'lost cursor'(letterbox) {
      await subject.losePlace();
      await deliver(2);
      return letterbox;
    },
    async 'kill -9'() {
      await own.stop();
      await deliver(60);
      for (const more of [1, 20, 40]) {
        const child = spawnServer({ ...world, settings: own.settings });
        const mark = sent.length - 60 + more;
        await until('there is progress', () => {
          child.assertRunning();
          return peek(own.settings.dataFolder).messages >= mark;
        });
        await child.kill();
      }
      return own.start();
    },
  };

  const state = async ({ administration }: Letterbox) => (await administration.servers.get(serverId)).state;

  let letterbox = await own.start();
  for (const scenario of scenarios)
    await t.test(stepName(protocol, grant, scenario), async () => {
      letterbox = await steps[scenario](letterbox);
      await onceEach(letterbox);
    });
  await own.stop();
  const idsByMessage = Map.groupBy(
    receiver.requests
      .map(({ id, body, verified }) => ({ id, verified, data: JSON.parse(body).data }))
      .filter(({ data }) => data.mailbox === address),
    ({ data }) => data.id as string,
  );
  assert.equal(idsByMessage.size, sent.length, 'every message was received');
  for (const [message, requests] of idsByMessage) {
    assert.ok(
      requests.every(({ verified }) => verified),
      `${message} was signed`,
    );
    assert.equal(
      new Set(requests.map(({ id }) => id)).size,
      1,
      `${message} always came under the same webhook-id`,
    );
  }
}
