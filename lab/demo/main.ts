import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openLetterbox } from '../../src/app.ts';
import { configSchema } from '../../src/config/config.ts';
import { serveLetterbox } from '../../src/serve.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { startAuthority } from '../authority/index.ts';
import { createLabAuthority } from '../certificates.ts';
import { startDovecot } from '../dovecot/index.ts';
import { makeMail } from '../mail.ts';
import { freePorts } from '../ports.ts';
import { startReceiver } from '../receiver.ts';
import { setUp } from './set-up.ts';
import { createStory, tellStory } from './story.ts';

/**
 * The whole way of a message, live: a real Dovecot, a real OAuth consent at the lab's authority, new mail all the
 * time, a webhook receiver that verifies signatures. `--once` ends after 20 messages, delivered and checked.
 */
const { values: options } = parseArgs({
  options: { once: { type: 'boolean', default: false }, port: { type: 'string', default: '8443' } },
});
const enough = 20;
const mailbox = 'support@contoso.example';
const password = 'letterbox-demo';
const patienceMs = 120_000;

const story = createStory(process.stdout);
const ending: (() => unknown)[] = [];
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

try {
  await run();
} catch (error) {
  if (!stopping.signal.aborted) {
    process.exitCode = 1;
    story.failed(error);
  }
} finally {
  for (const end of ending.toReversed()) await end();
}

async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'letterbox-demo-'));
  ending.push(() => rmSync(folder, { recursive: true, force: true }));
  const certificates = await createLabAuthority(join(folder, 'certificates'));
  const authority = await startAuthority({ certificates, folder: join(folder, 'authority') });
  ending.push(authority.stop);
  story.step(`An OAuth authority in the shape of Entra ID, at ${authority.origin}`);
  const dovecot = await startDovecot({ folder: join(folder, 'dovecot'), authority, certificates });
  ending.push(dovecot.stop);
  story.step(`A mail server (Dovecot) that takes its tokens, at ${dovecot.host}:${dovecot.imapsPort}`);
  const receiver = await startReceiver({ secrets: [] });
  ending.push(receiver.stop);
  story.step(`A webhook receiver that checks signatures, at ${receiver.url}`);

  const own = await certificates.issue();
  const [port] = options.once ? await freePorts(1) : [Number(options.port)];
  const config = configSchema.parse({
    dataFolder: join(folder, 'data'),
    listen: { host: '127.0.0.1', port },
    tls: { certificate: own.certFile, key: own.keyFile, trust: [certificates.caFile] },
    delivery: { allowPrivateAddresses: ['127.0.0.0/8'] },
  });
  const letterbox = await openLetterbox(config, createLog('silent'));
  const server = await serveLetterbox(letterbox, config);
  ending.push(server.stop);
  story.step(`Letterbox, on an SQLite store in ${config.dataFolder}`);

  const { administration } = letterbox;
  await setUp({ administration, server, password, authority, dovecot, receiver, mailbox });
  story.step(`${mailbox} has consented: its grant is in the vault`);
  story.panel([
    ['Console', server.url],
    ['Password', password],
    ['Certificate', 'is of the demo’s own authority: the browser asks once whether to go on'],
    ['To end it', 'Ctrl-C'],
  ]);

  const checked = tellStory({ story, letterbox, receiver, enough, signal: stopping.signal });
  const mail = deliverMail(dovecot);
  if (options.once) {
    await Promise.race([checked, stopped(), tooLate()]);
    story.step(`${enough} messages were delivered and checked`);
  } else await stopped();
  stopping.abort();
  await mail;
}

/** Mail as a support mailbox gets it: a few at once to begin with, then one every second or so. */
async function deliverMail(dovecot: {
  deliver(user: string, mail: Uint8Array): Promise<void>;
}): Promise<void> {
  const { signal } = stopping;
  for (let n = 0; !signal.aborted; n++) {
    await dovecot.deliver(mailbox, makeMail(n));
    const pause = n < 5 ? 50 : options.once ? 100 : 500 + Math.random() * 2_000;
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

function stopped(): Promise<void> {
  return new Promise((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
}

async function tooLate(): Promise<never> {
  await sleep(patienceMs, undefined, { ref: false });
  throw new Error(`Fewer than ${enough} messages were delivered within ${patienceMs / 1000} seconds`);
}
