import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ImapFlow } from 'imapflow';
import PostalMime from 'postal-mime';
import { startAuthority } from '../lab/authority/index.ts';
import { createLabAuthority } from '../lab/certificates.ts';
import { startDovecot } from '../lab/dovecot/index.ts';
import { makeMail } from '../lab/mail.ts';
import { type Letterbox, openLetterbox } from '../src/app.ts';
import { configSchema } from '../src/config/config.ts';
import { createLog } from '../src/telemetry/log.ts';
import { printTable } from './table.ts';

/**
 * A whole mailbox of a real Dovecot: Letterbox (fetched, parsed, stored durably) beside imapflow
 * that only fetches the same bytes, and beside imapflow with postal-mime that keeps nothing. They take turns.
 */
const { values } = parseArgs({
  options: { messages: { type: 'string', default: '5000' }, rounds: { type: 'string', default: '3' } },
});
const count = Number(values.messages);
const rounds = Number(values.rounds);
const mailbox = 'bench@contoso.example';

const folder = mkdtempSync(join(tmpdir(), 'letterbox-bench-'));
const certificates = await createLabAuthority(join(folder, 'certificates'));
const authority = await startAuthority({ certificates, folder: join(folder, 'authority') });
const dovecot = await startDovecot({ folder: join(folder, 'dovecot'), authority, certificates });
await dovecot.fill(
  mailbox,
  Array.from({ length: count }, (_, n) => makeMail(n)),
);

async function fetchAll(each: (source: Buffer) => unknown): Promise<void> {
  const client = new ImapFlow({
    host: dovecot.host,
    port: dovecot.imapsPort,
    secure: true,
    auth: { user: mailbox, pass: 'lab' },
    tls: { ca: certificates.caPem },
    logger: false,
  });
  await client.connect();
  await client.mailboxOpen('INBOX', { readOnly: true });
  for await (const { source } of client.fetch('1:*', { source: true })) if (source) await each(source);
  await client.logout();
}

async function setUp({ administration }: Letterbox): Promise<string> {
  const app = authority.register({ appOnly: true, upn: mailbox });
  const profile = await administration.profiles.create({
    name: 'Bench',
    grant: 'client_credentials',
    authorizationUrl: authority.authorizationUrl,
    tokenUrl: authority.tokenUrl,
    clientId: app.clientId,
    clientSecret: app.clientSecret,
  });
  const server = await administration.servers.create({
    name: 'Bench',
    address: mailbox,
    host: dovecot.host,
    port: dovecot.imapsPort,
    profileId: profile.id,
    startFrom: 'everything',
    paused: true,
  });
  return server.id;
}

let round = 0;
const ways: Record<string, () => Promise<void>> = {
  'imapflow, fetch only': () => fetchAll(() => undefined),
  Letterbox: async () => {
    const config = configSchema.parse({
      dataFolder: join(folder, `data-${round++}`),
      tls: { trust: [certificates.caFile] },
    });
    const letterbox = await openLetterbox(config, createLog('silent'));
    const { stored } = await letterbox.administration.servers.syncOnce(await setUp(letterbox));
    if (stored !== count) throw new Error(`${stored} of ${count} messages were stored`);
    await letterbox.close();
  },
  'imapflow + postal-mime, keeps nothing': () => fetchAll((source) => PostalMime.parse(source)),
};

const seconds = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
for (let turn = 0; turn < rounds; turn++)
  for (const [name, way] of Object.entries(ways)) {
    const began = performance.now();
    await way();
    seconds.get(name)?.push((performance.now() - began) / 1000);
  }
await dovecot.stop();
await authority.stop();
rmSync(folder, { recursive: true, force: true });

const best = (values: number[]) => Math.min(...values);
const bare = best(seconds.get('imapflow, fetch only') ?? []);
console.log(`${count} messages from Dovecot on this machine, best of ${rounds} rounds`);
printTable(
  ['way', 'messages/s', 'time, fetch only = 1'],
  [...seconds].map(([name, times]) => [
    name,
    (count / best(times)).toFixed(0),
    (best(times) / bare).toFixed(2),
  ]),
);
