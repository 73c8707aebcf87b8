import { prepareSetUp } from './access/sign-in.ts';
import type { Administration } from './administration/administration.ts';
import { ownAddressAnswer, ownAddressPath } from './administration/guide/eyes.ts';
import { createApi } from './api/api.ts';
import { bySession } from './api/authorize.ts';
import { createNotificationApp } from './api/graph-notifications.ts';
import { serveLocally } from './api/local-socket.ts';
import { type Letterbox, openLetterbox } from './app.ts';
import type { RunningServer } from './cli/command.ts';
import { sleep } from './concurrency/sleep.ts';
import type { Config } from './config/config.ts';
import { createConsole } from './console/console.ts';
import { createApp } from './http/app.ts';
import { type Certificate, certificateInUse, openCertificate } from './http/certificate.ts';
import { createCsrf } from './http/csrf.ts';
import { createHealth } from './http/health.ts';
import { type GiveMetrics, serveMetrics } from './http/metrics.ts';
import { createOwnAddress } from './http/own-address.ts';
import { serveHttps } from './http/server.ts';
import { localApi } from './local-api.ts';
import { Problem } from './model/problem.ts';
import { expiryOf } from './oauth/credential-expiry.ts';
import { storeProblem } from './store/health.ts';
import { atStart } from './store/sqlite/problems.ts';
import { createMetrics } from './telemetry/metrics.ts';

/** How long a command that has the data folder is waited for, in milliseconds. */
const patienceMs = 5_000;
const pauseMs = 200;

/** Opens Letterbox and runs its server. */
export async function serve(config: Config): Promise<RunningServer> {
  try {
    return await serveLetterbox(await openWhenFree(config), config);
  } catch (error) {
    throw atStart(error);
  }
}

/** A command that uses the data folder just now soon ends. */
async function openWhenFree(config: Config): Promise<Letterbox> {
  for (const end = performance.now() + patienceMs; ; ) {
    try {
      return await openLetterbox(config);
    } catch (error) {
      const held = error instanceof Problem && error.kind === 'busy' && error.retry !== 'no';
      if (!held || performance.now() > end) throw error;
      await sleep(pauseMs);
    }
  }
}

/**
 * Letterbox's server: listening, then reading and delivering. What was begun is ended again when a later step
 * fails, and by `stop`, in reverse order; Letterbox itself last.
 */
export async function serveLetterbox(letterbox: Letterbox, config: Config): Promise<RunningServer> {
  const ending: (() => unknown)[] = [letterbox.close];
  const end = async () => {
    for (let next = ending.pop(); next; next = ending.pop()) await next();
  };
  try {
    const { publicUrl, log, store } = letterbox;
    const { tls, listen, dataFolder } = config;
    const certificate = await openCertificate({ tls, publicUrl, dataFolder, log });
    ending.push(certificate.close);
    let ready = false;
    const metrics = letterboxMetrics(letterbox);
    const app = serverApp(letterbox, {
      notReady: () => (ready ? (storeProblem(store.health)?.title ?? null) : 'It is starting or stopping'),
      metrics,
      certificate,
    });
    const https = await serveHttps({ app, listen, certificate, log });
    ending.push(https.stop);
    if (config.metrics.port !== undefined)
      ending.push((await serveMetrics(metrics, config.metrics.port)).stop);
    const socket = await serveLocally({ app: localApi(letterbox), dataFolder });
    ending.push(socket.stop);
    const setUpToken = await prepareSetUp(store);
    await letterbox.start();
    ready = true;
    ending.push(() => {
      ready = false;
    });
    return { url: config.publicUrl ?? `https://localhost:${https.port}`, setUpToken, stop: end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function profilesAndCredentials({ profiles }: Administration) {
  const list = await profiles.list();
  const credentials = list.flatMap((profile) => {
    const expiry = expiryOf(profile);
    return expiry ? [{ profile: profile.name, ...expiry }] : [];
  });
  return { profiles: list, credentials };
}

async function countSetAside({ quarantine }: Administration) {
  const entries = await quarantine.list();
  const waiting = entries.filter(({ state }) => state === 'waiting').length;
  return { waiting, quarantined: entries.length - waiting };
}

function letterboxMetrics({ administration, events, store }: Letterbox): GiveMetrics {
  return createMetrics({
    events,
    snapshot: async () => ({
      servers: await administration.servers.list(),
      ...(await profilesAndCredentials(administration)),
      deliveries: await store.deliveries.counts(),
      audits: await store.mailboxes.audits(),
      ...(await countSetAside(administration)),
      store: { writable: store.health.writing() === null, damaged: store.health.damage() !== null },
    }),
  });
}

function serverApp(
  { administration, events, vault, log }: Letterbox,
  {
    notReady,
    metrics,
    certificate,
  }: { notReady: () => string | null; metrics: GiveMetrics; certificate: Certificate },
) {
  const { verify } = administration.signIn;
  return createApp({
    apps: [
      createHealth({ notReady, metrics, verifySession: verify }),
      createOwnAddress(ownAddressPath, (nonce) => ownAddressAnswer(vault, nonce)),
      createApi({ administration, authorize: bySession(verify), log }),
      createNotificationApp(administration),
      createConsole({
        administration,
        events,
        csrf: createCsrf(vault),
        log,
        certificate: () => certificateInUse(certificate),
      }),
    ],
    log,
  });
}
