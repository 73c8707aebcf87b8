import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LabDovecot, startDovecot } from '../lab/dovecot/index.ts';
import { makeMail } from '../lab/mail.ts';
import { freePorts } from '../lab/ports.ts';
import { type LabWorld, startLab } from '../lab/world.ts';
import type { Administration } from '../src/administration/administration.ts';
import { type Letterbox, openLetterbox } from '../src/app.ts';
import { configSchema } from '../src/config/config.ts';
import type { MailServer } from '../src/resources/incoming-server/record.ts';
import { serveLetterbox } from '../src/serve.ts';
import { createLog } from '../src/telemetry/log.ts';
import { openBrowser, openPage } from '../test/console/browser.ts';

/**
 * Takes the picture of the README, `docs/console.png`: the overview of a real Letterbox on the lab's servers. One
 * mailbox is watched, one is in the midst of its backlog, one has a wrong account, one is paused.
 */
const picture = process.argv[2] ?? join(import.meta.dirname, '../docs/console.png');
const password = 'letterbox-picture';
const backlog = { read: 640, all: 1_887 };

const ending: (() => unknown)[] = [];
const after = (end: () => unknown) => void ending.push(end);
try {
  await takePicture();
} finally {
  for (const end of ending.toReversed()) await end();
}

async function takePicture(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-picture-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const world = await startLab(folder, after);
  const slow = await startDovecot({ ...world, folder: join(folder, 'slow') });
  after(slow.stop);
  after(() => slow.killSessions('SIGCONT'));

  const [port] = await freePorts(1);
  const config = configSchema.parse({
    dataFolder: join(folder, 'data'),
    listen: { host: '127.0.0.1', port },
    tls: { trust: [world.certificates.caFile] },
    delivery: { allowPrivateAddresses: ['127.0.0.0/8'] },
  });
  const letterbox = await openLetterbox(config, createLog('silent'));
  const server = await serveLetterbox(letterbox, config);
  after(server.stop);
  const { administration } = letterbox;

  const add = furnish(administration, world);
  const { url } = world.receiver;
  await administration.destinations.create({ name: 'Tickets', url });
  await administration.destinations.create({ name: 'Archive', url, servers: [], enabled: false });
  await readHalfOf(letterbox, slow, (mailbox) => add('Invoices', mailbox, { port: slow.imapsPort }));
  await add('Orders', 'orders@contoso.example', { account: 'anna@contoso.example' });
  const { id } = await add('Old archive', 'archive@contoso.example', {});
  await administration.servers.pause(id);
  await add('Support', 'support@contoso.example', { secretEndsInDays: 12 });

  const { page } = await openPage(await openBrowser({ after }), {
    baseURL: server.url,
    viewport: { width: 1280, height: 900 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  const session = await administration.signIn.setUp({ token: server.setUpToken, password });
  await page
    .context()
    .addCookies([{ name: '__Host-letterbox', value: session, url: server.url, secure: true }]);
  await page.goto('/');
  while ((await administration.deliveries.counts()).pending > 0) await sleep(50);
  for (const n of [5, 17, 4, 12, 10, 8]) {
    await world.dovecot.deliver('support@contoso.example', makeMail(n));
    await sleep(2_000);
  }
  for (const seen of [page.getByText('to go'), page.locator('.notice-error', { hasText: 'Orders' })])
    await seen.waitFor();
  writeFileSync(picture, await page.screenshot({ fullPage: true }));
}

/** A mailbox that was read before, and whose server hangs in the midst of what came since. */
async function readHalfOf(
  { administration, events }: Letterbox,
  dovecot: LabDovecot,
  add: (mailbox: string) => Promise<MailServer>,
): Promise<void> {
  const mailbox = 'invoices@contoso.example';
  await dovecot.fill(mailbox, mails(0, backlog.read));
  const { id } = await add(mailbox);
  while ((await administration.servers.get(id)).state.condition !== 'watching') await sleep(50);
  await administration.servers.pause(id);
  await dovecot.fill(mailbox, mails(backlog.read, backlog.all));
  const half = Promise.withResolvers<void>();
  events.on('message.stored', ({ remaining }) => {
    if (remaining < (backlog.all - backlog.read) / 2) half.resolve();
  });
  await administration.servers.resume(id);
  await half.promise;
  dovecot.killSessions('SIGSTOP');
}

/** Adds one mailbox, read through an app of its own, whose token is for `account`. */
function furnish({ profiles, servers }: Administration, { authority, dovecot }: LabWorld) {
  return async (
    name: string,
    address: string,
    {
      port = dovecot.imapsPort,
      account = address,
      secretEndsInDays = null,
    }: { port?: number; account?: string; secretEndsInDays?: number | null },
  ) => {
    const { clientId, clientSecret } = authority.register({ appOnly: true, upn: account });
    const profile = await profiles.create({
      name: `${name} app`,
      grant: 'client_credentials',
      provider: 'microsoft',
      authorizationUrl: null,
      tokenUrl: authority.tokenUrl,
      clientId,
      clientSecret,
      clientSecretExpiresOn: secretEndsInDays === null ? null : dateIn(secretEndsInDays),
    });
    await profiles.authorize(profile.id);
    const host = dovecot.host;
    return servers.create({ name, address, host, port, profileId: profile.id, startFrom: 'everything' });
  };
}

function* mails(from: number, to: number): Generator<Buffer> {
  for (let n = from; n < to; n++) yield makeMail(100_000 + n);
}

function dateIn(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
