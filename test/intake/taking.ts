import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { createScriptedMailbox, type ScriptedMailbox } from '../../lab/scripted-mailbox.ts';
import { createDeliveriesAdministration } from '../../src/administration/deliveries.ts';
import { createQuarantineAdministration } from '../../src/administration/quarantine.ts';
import { Supervisor } from '../../src/intake/supervisor.ts';
import type { MailServerState } from '../../src/model/mail-server.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { MessageSummary, Store } from '../../src/store/store.ts';
import { createEventBus } from '../../src/telemetry/events.ts';
import { endings } from '../endings.ts';
import { collectionsOf, put } from '../resources/fixtures.ts';
import { mailServer } from '../store/fixtures.ts';
import { until } from '../until.ts';

export interface LogEntry {
  level: string;
  msg: string;
  problem?: string;
  server?: string;
}

/** A store, mailboxes that do as they are told, and the supervisor between them, in a hurry. */
export async function startTaking(
  t: TestContext,
  {
    retryDelay = { first: 20, cap: 400 },
    lookDelay = () => 10,
    seen = (store) => store,
  }: {
    retryDelay?: { first: number; cap: number };
    lookDelay?: (looks: number) => number;
    /** What the supervisor sees of the store, where the store is to be in trouble. */
    seen?: (store: Store) => Store;
  } = {},
) {
  const after = endings(t);
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-intake-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const store = await openSqliteStore(folder);
  after(store.close);
  const now = new Date().toISOString();
  await put(store, 'destination', {
    id: 'dst_hook',
    name: 'Hook',
    kind: 'webhook',
    url: 'https://hook.example/',
    servers: null,
    enabled: true,
    createdAt: now,
    updatedAt: now,
  });
  const events = createEventBus();
  const told: LogEntry[] = [];
  const log = pino(
    { level: 'trace', base: null, formatters: { level: (level) => ({ level }) } },
    { write: (line: string) => void told.push(JSON.parse(line)) },
  );
  const mailboxes = new Map<string, ScriptedMailbox>();
  const states: MailServerState[] = [];
  events.on('server.state', (state) => states.push(state));

  function createSupervising(): Supervisor {
    const supervisor = new Supervisor({
      store: seen(store),
      resources: collectionsOf(seen(store)),
      open: ({ id }) => (mailboxes.get(id) as ScriptedMailbox).open(),
      events,
      log,
      retryDelay,
      lookDelay,
    });
    after(() => supervisor.stop());
    return supervisor;
  }

  async function addServer(changes: Partial<MailServer> = {}) {
    const server = mailServer(changes);
    await put(store, 'server', server);
    const mailbox = createScriptedMailbox();
    mailboxes.set(server.id, mailbox);
    return { server, mailbox };
  }

  const supervisor = createSupervising();
  const quarantine = createQuarantineAdministration({
    store,
    supervisor,
    replay: createDeliveriesAdministration({
      resources: collectionsOf(store),
      store,
      dispatcher: { wake: () => undefined },
    }).replay,
  });

  const stored = (count: number) =>
    until(`${count} are stored`, async () => (await store.messages.count()) === count);
  const condition = async (serverId = 'srv_support') =>
    (await store.mailboxes.states()).find((state) => state.serverId === serverId);
  const becomes = (wanted: MailServerState['condition'], serverId?: string) =>
    until(`it is ${wanted}`, async () => (await condition(serverId))?.condition === wanted);

  return {
    after,
    folder,
    store,
    events,
    told,
    states,
    supervisor,
    createSupervising,
    addServer,
    quarantine,
    stored,
    condition,
    becomes,
  };
}

export function mail(subject: string, text = 'Good day.'): Buffer {
  return Buffer.from(
    `Message-ID: <${subject}@x>\r\nFrom: ann@example.com\r\nSubject: ${subject}\r\n\r\n${text}\r\n`,
  );
}

/** Subjects of what is stored, in the order in which it came. */
export async function subjects(store: Store): Promise<string[]> {
  const { items }: { items: MessageSummary[] } = await store.messages.list({ limit: 500 });
  return items.map(({ subject }) => subject).toReversed();
}
