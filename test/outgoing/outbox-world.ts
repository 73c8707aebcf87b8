import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { createLabAuthority } from '../../lab/certificates.ts';
import { draftOf } from '../../src/compose/draft.ts';
import type { Letter } from '../../src/compose/letter.ts';
import { configSchema } from '../../src/config/config.ts';
import { Dispatcher } from '../../src/delivery/dispatcher.ts';
import type { Target } from '../../src/delivery/handler.ts';
import { mailHandler } from '../../src/delivery/mail-handler.ts';
import type { OutgoingServer } from '../../src/resources/outgoing-server/record.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { createEventBus } from '../../src/telemetry/events.ts';
import { letter } from '../compose/setting.ts';
import { until } from '../end-to-end/world.ts';
import { endings } from '../endings.ts';
import { collectionsOf, put } from '../resources/fixtures.ts';
import { type Script, startScriptedSmtp } from './scripted-smtp.ts';
import { outgoingServer, smtpSender } from './setting.ts';

/** A store with an outbox, a server that follows a script, and the dispatcher between them. */
export async function startOutbox(t: TestContext, script: Script = {}, options: object = {}) {
  const after = endings(t);
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-outbox-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const store = await openSqliteStore(folder);
  after(store.close);
  const smtp = await startScriptedSmtp(t, await createLabAuthority(join(folder, 'tls')), {
    capabilities: ['PIPELINING'],
    ...script,
  });
  const server = outgoingServer({ port: smtp.port, security: 'none', profileId: null });
  await put(store, 'outgoing-server', server);
  const events = createEventBus();
  const log = pino({ level: 'silent' });

  /** A dispatcher as it is after a start; `seen` is what it sees of the store. */
  async function dispatch(seen: Store = store): Promise<Dispatcher> {
    await store.deliveries.releaseAll();
    const dispatcher = new Dispatcher<Target & { outgoing: OutgoingServer }>({
      store: seen,
      targets: async () =>
        (await collectionsOf(store).outgoingServers.list()).map((outgoing) => ({
          ...outgoing,
          kind: 'outgoing-server',
          outgoing,
        })),
      open: async ({ outgoing }) => mailHandler({ sender: smtpSender(outgoing, null), store: seen, log }),
      options: configSchema.parse({
        delivery: { firstRetrySeconds: 0.02, circuitFailures: 1000, ...options },
      }).delivery,
      events,
      log,
    });
    after(() => dispatcher.stop());
    await dispatcher.start();
    return dispatcher;
  }

  async function add(fields: Partial<Letter> = {}): Promise<string> {
    const draft = await draftOf(server, letter(fields));
    await store.outbox.add([draft]);
    return draft.mail.id;
  }

  const delivery = async (mailId: string) => {
    const { items } = await store.deliveries.list({ messageId: mailId, limit: 10 });
    const [only] = items;
    if (!only || items.length > 1) throw new Error(`${items.length} deliveries of ${mailId}`);
    return only;
  };
  const settled = (mailId: string, state: 'delivered' | 'dead') =>
    until(`${mailId} is ${state}`, async () => (await delivery(mailId)).state === state);
  const states = async (mailId: string) =>
    Object.fromEntries(
      ((await store.outbox.get(mailId))?.recipients ?? []).map(({ address, state }) => [address, state]),
    );

  return { after, store, smtp, server, events, dispatch, add, delivery, settled, states };
}
