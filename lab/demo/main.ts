import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLetterbox } from '../../src/app.ts';
import { stopSignal } from '../../src/cli/stop-signal.ts';
import { configSchema } from '../../src/config/config.ts';
import { Problem } from '../../src/model/problem.ts';
import { serveLetterbox } from '../../src/serve.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { makeMail } from '../mail.ts';
import { freePorts, isFree } from '../ports.ts';
import { type LabWorld, startLab } from '../world.ts';
import { readOptions } from './options.ts';
import { setUp } from './set-up.ts';
import { createStory } from './story.ts';
import { tellStory } from './tell.ts';

/**
 * The whole way of a message, live: a real Dovecot, a real OAuth consent at the lab's authority, new mail all the
 * time, a webhook receiver that verifies signatures. `--once` ends after 20 messages, delivered and checked.
 */
const enough = 20;
const mailbox = 'support@contoso.example';
const password = 'letterbox-demo';
const patienceMs = 120_000;

const story = createStory(process.stdout);
const ending: (() => unknown)[] = [];
let interrupted = false;
// A terminal that is closed says SIGHUP.
const stopped = stopSignal(['SIGINT', 'SIGTERM', 'SIGHUP']).then(() => {
  interrupted = true;
});

try {
  await run(readOptions());
} catch (error) {
  // What Ctrl-C breaks on its way, such as the mail server, which hears it too, is nobody's trouble.
  if (!interrupted) {
    process.exitCode = 1;
    story.failed(error);
  }
} finally {
  for (const end of ending.toReversed()) await end();
}

async function run(options: { once: boolean; port: number }): Promise<void> {
  const [port] = options.once ? await freePorts(1) : [options.port];
  if (port === undefined || !(await isFree(port))) throw portTaken(port ?? 0);
  const folder = await mkdtemp(join(tmpdir(), 'letterbox-demo-'));
  ending.push(() => rmSync(folder, { recursive: true, force: true }));
  const world = await startLab(folder, (end) => ending.push(end));
  tellWorld(world);

  const { certFile, keyFile } = await world.certificates.issue();
  const config = configSchema.parse({
    dataFolder: join(folder, 'data'),
    listen: { host: '127.0.0.1', port },
    tls: { certificate: certFile, key: keyFile, trust: [world.certificates.caFile] },
    delivery: { allowPrivateAddresses: ['127.0.0.0/8'] },
  });
  const letterbox = await openLetterbox(config, createLog('silent'));
  const server = await serveLetterbox(letterbox, config);
  ending.push(server.stop);
  story.part('Letterbox', `everything it keeps is in ${config.dataFolder}`);

  const { administration } = letterbox;
  const destination = await setUp({ ...world, administration, server, password, mailbox });
  story.part('Consent', `${mailbox} signed in there; the grant is in the vault`);
  story.panel([
    ['Console', server.url],
    ['Password', password],
    ['Certificate', 'the demo’s own; the browser asks once whether to go on'],
    ['To end it', 'Ctrl-C'],
  ]);

  const over = new AbortController();
  const { signal } = over;
  const told = tellStory({ story, letterbox, receiver: world.receiver, destination, enough, signal });
  const mail = deliverMail(world, { longestMs: options.once ? 100 : 2_000, signal });
  try {
    await Promise.race([stopped, mail, ...(options.once ? [told.strictly, tooLate()] : [])]);
  } finally {
    over.abort();
    await mail;
  }
  story.done(`${told.count()} messages were delivered and checked`);
}

function tellWorld({ authority, dovecot, receiver }: LabWorld): void {
  story.part('Authority', `signs people in as Entra ID does, at ${authority.origin}`);
  story.part('Mail server', `Dovecot, which takes its tokens, at ${dovecot.host}:${dovecot.imapsPort}`);
  story.part('Receiver', `gets the webhooks and checks signatures, at ${receiver.url}`);
}

/** Mail as a support mailbox gets it: a few at once to begin with, then one after pauses of this length and less. */
async function deliverMail(
  { dovecot }: LabWorld,
  { longestMs, signal }: { longestMs: number; signal: AbortSignal },
): Promise<void> {
  for (let n = 0; !signal.aborted; n++) {
    await dovecot.deliver(mailbox, makeMail(n));
    const pause = n < 5 ? 50 : longestMs * (0.25 + 0.75 * Math.random());
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

async function tooLate(): Promise<never> {
  await sleep(patienceMs, undefined, { ref: false });
  throw new Error(`Fewer than ${enough} messages were delivered within ${patienceMs / 1000} seconds`);
}

function portTaken(port: number): Problem {
  return new Problem({
    code: 'listen.in-use',
    kind: 'machine',
    title: `Another program already listens at port ${port}`,
    detail: 'Perhaps it is another demo.',
    remedy: `End it, or choose another port: npm run demo -- --port ${port < 65535 ? port + 1 : port - 1}`,
  });
}
