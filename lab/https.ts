import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { LabCertificates } from './certificates.ts';

export interface LabHttps {
  server: Server;
  port: number;
  /** `https://localhost:…` */
  origin: string;
  /** Breaks every connection. */
  stop(): Promise<void>;
}

/** An HTTPS server on a free port of this machine, with a certificate of the lab's authority. */
export async function startHttps(certificates: LabCertificates): Promise<LabHttps> {
  const { certFile, keyFile } = await certificates.issue();
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    origin: `https://localhost:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
