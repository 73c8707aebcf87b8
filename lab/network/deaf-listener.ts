import { createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/** A worker that listens and, as its thread stands still, accepts nobody; until `held` is 1. */
const { port, held } = workerData as { port: number; held: Int32Array };
const server = createServer();
server.listen({ port, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort?.postMessage('listening');
  Atomics.wait(held, 0, 0);
  process.exit();
});
