import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that Linux gives to connections of its own accord (`ip_local_port_range`): none of those takes one. */
const range = [10_000, 32_000] as const;

/** Ports of loopback that nobody listens at in this moment, each another. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = randomInt(...range);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

/** Whether a server could listen at this port of loopback now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
