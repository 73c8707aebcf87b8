import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { type Config, configSchema } from '../../src/config/config.ts';
import type { LookDelay } from '../../src/intake/look-delay.ts';
import { Supervisor } from '../../src/intake/supervisor.ts';
import type { TokenSource } from '../../src/model/token.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import type { CreateSource, SourceParts } from '../../src/sources/source.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { createEventBus } from '../../src/telemetry/events.ts';
import { endings } from '../endings.ts';
import { collectionsOf, put } from '../resources/fixtures.ts';
import { until } from '../until.ts';
import { temporaryFolder, tokensFrom } from './setting.ts';

/** One mailbox on a server, with its store and its loop; messages are known by their subjects. */
export async function openMailbox(
  t: TestContext,
  server: MailServer,
  create: CreateSource,
  {
    tokens = tokensFrom(['token']),
    options = {},
    notifications = null,
    lookDelay = () => 50,
  }: {
    tokens?: TokenSource;
    options?: Partial<Config['intake']>;
    notifications?: SourceParts['notifications'];
    lookDelay?: LookDelay;
  } = {},
) {
  const after = endings(t);
  const store = await openSqliteStore(join(await temporaryFolder(t), 'data'));
  after(store.close);
  await put(store, 'server', server);
  const events = createEventBus();
  /** Codes of every problem that the mailbox showed. */
  const problems = new Set<string>();
  events.on('server.state', ({ problem }) => problem && problems.add(problem.code));
  const log = pino({ level: 'silent' });
  const supervisor = new Supervisor({
    store,
    resources: collectionsOf(store),
    events,
    log,
    lookDelay,
    open: (of) =>
      create({
        server: of,
        tokens,
        options: { ...configSchema.parse({}).intake, ...options },
        log,
        notifications,
        known: (place, uids) => store.messages.known(of.id, place, uids),
      }),
  });
  after(() => supervisor.stop());

  const subjects = async () => {
    const { items } = await store.messages.list({ limit: 500 });
    return items.map(({ subject }) => subject).toSorted();
  };
  return {
    store,
    supervisor,
    problems,
    subjects,
    state: () => store.mailboxes.state(server.id),
    quarantine: () => store.quarantine.list(server.id),
    /** Until these are stored, and nothing else. */
    stores: async (...wanted: string[]) => {
      const all = JSON.stringify(wanted.toSorted());
      await until(`${all} are stored`, async () => JSON.stringify(await subjects()) === all, 30).catch(
        async (error) => {
          throw new Error(`${error.message}: ${JSON.stringify(await subjects())}`);
        },
      );
    },
    /** Reads all there is once; with `audit` also what is missing. */
    sync: (how = { audit: false }) => supervisor.syncOnce(server, how),
  };
}
