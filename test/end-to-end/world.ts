import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startLab } from '../../lab/world.ts';
import { type Letterbox, openLetterbox } from '../../src/app.ts';
import { configSchema } from '../../src/config/config.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';

import { createLog } from '../../src/telemetry/log.ts';
import { endings } from '../endings.ts';

export { until } from '../until.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export const mailbox = 'support@contoso.example';

/** A whole small world: an authority, a mail server and a webhook receiver, all real, in one temporary folder. */
export async function startWorld(t: TestContext) {
  const after = endings(t);
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-world-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const { certificates, authority, dovecot, receiver } = await startLab(folder, after);
  const dataFolder = join(folder, 'data');
  const settings = {
    dataFolder,
    listen: { host: '127.0.0.1', port: 0 },
    tls: { trust: [certificates.caFile] },
    log: { level: process.env.TEST_LOG ?? 'silent' },
    intake: { reconcileSeconds: 2 },
    delivery: { allowPrivateAddresses: ['127.0.0.0/8'], firstRetrySeconds: 0.2, circuitSeconds: 0.5 },
  };

  /** Opens Letterbox in this process, on the world's data folder. */
  async function open(changes: object = {}): Promise<Letterbox> {
    const config = configSchema.parse({ ...settings, ...changes });
    const letterbox = await openLetterbox(config, createLog(config.log.level));
    let closed: Promise<void> | null = null;
    const close = letterbox.close;
    letterbox.close = () => (closed ??= close());
    after(letterbox.close);
    return letterbox;
  }

  /** What an administrator enters: an app-only profile, the mailbox, the webhook. */
  async function setUp(
    { administration }: Letterbox,
    server: Partial<Record<keyof MailServer, unknown>> = {},
  ) {
    const client = authority.register({ appOnly: true, upn: mailbox });
    const profile = await administration.profiles.create({
      name: 'Contoso app',
      grant: 'client_credentials',
      provider: 'microsoft',
      uses: [server.protocol ?? 'imap'],
      authorizationUrl: authority.authorizationUrl,
      tokenUrl: authority.tokenUrl,
      clientId: client.clientId,
      clientSecret: client.clientSecret,
    });
    await administration.profiles.authorize(profile.id);
    const destination = await administration.destinations.create({
      name: 'Tickets',
      kind: 'webhook',
      url: receiver.url,
    });
    receiver.trust(destination.signingSecret);
    const created = await administration.servers.create({
      name: 'Support',
      address: mailbox,
      host: dovecot.host,
      port: dovecot.imapsPort,
      profileId: profile.id,
      startFrom: 'everything',
      ...server,
    });
    return { profile, destination, server: created };
  }

  return { after, folder, dataFolder, certificates, authority, dovecot, receiver, settings, open, setUp };
}

export type World = Awaited<ReturnType<typeof startWorld>>;

/** `letterbox serve` as a process of its own, on the world's data folder. */
export interface ServerProcess {
  /** Throws what it said when it has ended by itself. */
  assertRunning(): void;
  /** kill -9. */
  kill(): Promise<void>;
}

export function spawnServer(
  world: Pick<World, 'folder' | 'after'> & { settings: object },
  changes: object = {},
): ServerProcess {
  const file = join(world.folder, 'letterbox.json');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ ...world.settings, ...changes }));
  const child = spawn(process.execPath, [main, 'serve', '--config', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exit = once(child, 'exit');
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const server: ServerProcess = {
    assertRunning() {
      if (child.exitCode !== null) throw new Error(`the server has ended by itself: ${said}`);
    },
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
  };
  world.after(server.kill);
  return server;
}

/** Counts of a store that another process writes; zero while there is none. */
export function peek(dataFolder: string): { messages: number; pending: number; delivered: number } {
  try {
    const database = new DatabaseSync(join(dataFolder, 'letterbox.sqlite'), { readOnly: true });
    try {
      const count = (sql: string) => Number(database.prepare(`SELECT count(*) AS n FROM ${sql}`).get()?.n);
      return {
        messages: count('message'),
        pending: count(`delivery WHERE state = 'pending'`),
        delivered: count(`delivery WHERE state = 'delivered'`),
      };
    } finally {
      database.close();
    }
  } catch {
    return { messages: 0, pending: 0, delivered: 0 };
  }
}
