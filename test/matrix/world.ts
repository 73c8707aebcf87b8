import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startEws } from '../../lab/ews/index.ts';
import { startGraph } from '../../lab/graph/index.ts';
import { freePorts } from '../../lab/ports.ts';
import { startLab } from '../../lab/world.ts';
import { type Letterbox, openLetterbox } from '../../src/app.ts';
import { configSchema } from '../../src/config/config.ts';
import { serveLetterbox } from '../../src/serve.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { endings } from '../endings.ts';
import { readAll } from '../store/fixtures.ts';

/** All servers that mail comes from, one authority for them all, and a receiver. */
export async function startMatrixWorld(t: TestContext) {
  const after = endings(t);
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-matrix-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const lab = await startLab(folder, after);
  const { authority, certificates } = lab;
  const graph = await startGraph({ authority, certificates, folder: join(folder, 'graph') });
  after(graph.stop);
  const ews = await startEws({ authority, certificates, folder: join(folder, 'ews') });
  after(ews.stop);
  return { ...lab, graph, ews, folder, after };
}

export type MatrixWorld = Awaited<ReturnType<typeof startMatrixWorld>>;

/** A Letterbox of its own, that can be opened again and again on the same data. */
export async function furnishLetterbox({ folder, certificates, after }: MatrixWorld, name: string) {
  const [port = 0] = await freePorts(1);
  const own = await certificates.issue();
  const settings = {
    dataFolder: join(folder, name),
    publicUrl: `https://localhost:${port}`,
    listen: { host: '127.0.0.1', port },
    tls: { certificate: own.certFile, key: own.keyFile, trust: [certificates.caFile] },
    log: { level: process.env.TEST_LOG ?? 'silent' },
    intake: { reconcileSeconds: 1 },
    delivery: { allowPrivateAddresses: ['127.0.0.0/8'], firstRetrySeconds: 0.2, circuitSeconds: 0.5 },
  };
  const config = configSchema.parse(settings);
  const running: { letterbox: Letterbox; stop: () => Promise<void> }[] = [];
  const stop = async () => {
    for (let last = running.pop(); last; last = running.pop()) await last.stop();
  };
  after(stop);
  return {
    settings,
    stop,
    /** Opened, listening, reading and delivering. */
    async start(): Promise<Letterbox> {
      const letterbox = await openLetterbox(config, createLog(config.log.level));
      const server = await serveLetterbox(letterbox, config);
      running.push({ letterbox, stop: server.stop });
      return letterbox;
    },
  };
}

/** Checksums of all raw sources in the store. */
export async function storedChecksums({ store }: Letterbox): Promise<string[]> {
  const checksums: string[] = [];
  for (let before: string | undefined; ; ) {
    const page = await store.messages.list({ limit: 500, ...(before && { before }) });
    for (const { id } of page.items) checksums.push(sha256(await readAll(store.messages.raw(id))));
    if (page.next === null) return checksums.toSorted();
    before = page.next;
  }
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
