import { createServer, type Server } from 'node:https';
import type { LabCertificates } from './certificates.ts';
import { type Identity, makeIdentity } from './network/identity.ts';
import { openPort, type Port } from './network/port.ts';

export interface LabHttps {
  server: Server;
  port: number;
  /** `https://localhost:…` */
  origin: string;
  network: Network;
  /** Breaks every connection. */
  stop(): Promise<void>;
}

/** What the way to a server is like, whatever the server would answer. */
export interface Network extends Pick<Port, 'become' | 'connections'> {
  /** Shows another certificate from now on. */
  show(identity: Identity): Promise<void>;
}

/** An HTTPS server on a free port of this machine, with a certificate of the lab's authority. */
export async function startHttps(certificates: LabCertificates): Promise<LabHttps> {
  const server = createServer(await makeIdentity('trusted', certificates));
  const port = await openPort((socket) => server.emit('connection', socket));
  return {
    server,
    port: port.port,
    origin: `https://localhost:${port.port}`,
    network: {
      become: port.become,
      connections: port.connections,
      async show(identity) {
        server.setSecureContext(await makeIdentity(identity, certificates));
      },
    },
    stop: port.stop,
  };
}
