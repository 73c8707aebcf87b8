import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import {
  createGraphNotifications,
  createNotificationUrls,
  type NotificationUrls,
} from '../../src/administration/graph-notifications.ts';
import { createNotificationApp } from '../../src/api/graph-notifications.ts';
import { type Config, configSchema } from '../../src/config/config.ts';
import { createApp } from '../../src/http/app.ts';
import { serveHttps } from '../../src/http/server.ts';
import { Supervisor } from '../../src/intake/supervisor.ts';
import type { TokenSource } from '../../src/model/token.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import { createGraphSource } from '../../src/sources/graph/index.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { createEventBus } from '../../src/telemetry/events.ts';
import { loadKeyRing } from '../../src/vault/key-ring.ts';
import { createVault } from '../../src/vault/vault.ts';
import { endings } from '../endings.ts';
import { ask } from '../http/fixtures.ts';
import { collectionsOf, put } from '../resources/fixtures.ts';
import type { GraphWorld } from './graph-world.ts';
import { temporaryFolder } from './setting.ts';

/** One mailbox with its store and its loop, and its notification URL behind real HTTPS. */
export async function openNotificationWorld(
  t: TestContext,
  world: GraphWorld,
  address: string,
  settings: { intake?: Partial<Config['intake']>; server?: Partial<MailServer>; tokens?: TokenSource } = {},
) {
  const after = endings(t);
  const folder = await temporaryFolder(t);
  const store = await openSqliteStore(join(folder, 'data'));
  after(store.close);
  const said: { level: number; msg: string }[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void said.push(JSON.parse(line)) });
  const intake = { ...configSchema.parse({}).intake, reconcileSeconds: 3600, ...settings.intake };

  const { certFile, keyFile } = await world.certificates.issue();
  const pair = { certificate: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  let supervisor: Supervisor;
  let keys = 0;
  let notificationUrls: NotificationUrls;

  const app = createApp({
    apps: [
      createNotificationApp({
        graphNotifications: {
          receive: (...told) => createGraphNotifications({ supervisor, notificationUrls }).receive(...told),
        },
      }),
    ],
    log,
  });
  const certificate = { isDevelopment: false, current: () => pair, onChange: () => () => {}, close() {} };
  const https = await serveHttps({
    app,
    log,
    listen: { host: '127.0.0.1', port: 0, trustedProxies: [] },
    certificate,
  });
  after(https.stop);

  /** A new master key, and with it another client state. */
  function changeKey(): void {
    const keyRing = loadKeyRing({ defaultFile: join(folder, `master-${keys++}.key`) });
    notificationUrls = createNotificationUrls({
      publicUrl: `https://localhost:${https.port}`,
      vault: createVault(keyRing),
    });
  }
  changeKey();

  const server = world.server(address, { id: `srv_${address.split('@')[0]}`, ...settings.server });
  await put(store, 'server', server);
  const resources = collectionsOf(store);
  resources.servers.onChange((before, after) => supervisor.changed(before, after));

  async function start(): Promise<void> {
    supervisor = new Supervisor({
      store,
      resources,
      events: createEventBus(),
      log,
      open: (of) =>
        createGraphSource({
          server: of,
          tokens: settings.tokens ?? world.tokens(),
          options: intake,
          log,
          notifications: notificationUrls.of(of.id),
          known: (place, uids) => store.messages.known(of.id, place, uids),
        }),
    });
    await supervisor.start();
  }
  await start();
  after(() => supervisor.stop());

  return {
    store,
    server,
    said,
    changeKey,
    /** What notifications must name. */
    clientState: () => notificationUrls.of(server.id).clientState,
    messages: () => store.messages.count(),
    /** Posts to the server, as anybody can. */
    post: (path: string, body: string, contentType = 'application/json') =>
      ask(https.port, world.certificates.caPem, path, {
        method: 'POST',
        headers: { 'content-type': contentType },
        body,
      }),
    remove: () => resources.servers.remove(server.id),
    /** The same mailbox as another server. */
    async add(id: string) {
      await put(store, 'server', { ...server, id });
      await supervisor.changed(null, await resources.servers.get(id));
    },
    async restart() {
      await supervisor.stop();
      await start();
    },
    /** The subscriptions in force for this mailbox. */
    subscriptions: () => world.graph.subscriptions().filter(({ resource }) => resource.includes(address)),
  };
}
