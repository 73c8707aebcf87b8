import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { LabCertificates } from '../certificates.ts';

/** TLS before a proxy that has none, as stunnel does it: what comes out of it goes on to the proxy's port. */
export async function startTlsBefore(
  { port: behind }: { port: number },
  certificates: LabCertificates,
  names?: string[],
): Promise<{ url: string; stop(): Promise<void> }> {
  const { certFile, keyFile } = await certificates.issue(names);
  const open = new Set<Socket>();
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (client) => {
    const proxy = connect(behind, '127.0.0.1');
    for (const [one, other] of [
      [client, proxy],
      [proxy, client],
    ] as const) {
      open.add(one);
      one.once('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.on('error', () => other.destroy());
      one.pipe(other);
    }
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://localhost:${port}`,
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}
