import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

export interface FilteredPort {
  stop(): Promise<void>;
}

/** Linux takes one more than the backlog says. */
const queued = 2;

/**
 * A port of loopback whose SYNs are answered by nothing, as behind a firewall that drops them: without the rights of
 * root, by a listener that accepts nobody and whose queue is full (listen(2), `tcp(7)`: then the kernel drops SYNs).
 */
export async function filterPort(port: number): Promise<FilteredPort> {
  const held = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./deaf-listener.ts', import.meta.url), { workerData: { port, held } });
  await once(worker, 'message');
  const fillers: Socket[] = [];
  for (let n = 0; n < queued; n++) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    fillers.push(socket);
  }
  return {
    async stop() {
      for (const socket of fillers) socket.destroy();
      Atomics.store(held, 0, 1);
      Atomics.notify(held, 0);
      await once(worker, 'exit');
    },
  };
}
