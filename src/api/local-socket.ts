import { lstatSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { socketAddress } from '../config/socket.ts';
import { Problem } from '../model/problem.ts';

/** How long a stop waits for requests under way, in milliseconds. */
const graceMs = 2_000;

/**
 * Serves an app on the Unix socket of a data folder, for the command line on this machine: only the owner
 * of the process may connect. The folder's lock must be held: a socket that is there already is taken for
 * one that a killed process left. Throws `socket.impossible`.
 */
export async function serveLocally({
  app,
  dataFolder,
}: {
  app: Hono;
  dataFolder: string;
}): Promise<{ stop(): Promise<void> }> {
  const socket = socketAddress(dataFolder);
  const server = createAdaptorServer({ fetch: app.fetch, createServer }) as Server;
  try {
    removeSocket(socket.file);
    await listen(server, socket.address);
  } catch (error) {
    socket.close();
    throw impossible(socket.file, error);
  }
  return {
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const impatience = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(impatience);
      removeSocket(socket.file);
      socket.close();
    },
  };
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // The socket is made within `listen`, already with mode 0600: there is no moment in which others may connect.
    const before = process.umask(0o177);
    server.listen(address, resolve);
    process.umask(before);
  });
}

function removeSocket(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false })?.isSocket()) rmSync(file, { force: true });
}

function impossible(file: string, error: unknown): Problem {
  return new Problem(
    {
      code: 'socket.impossible',
      kind: 'machine',
      title: 'The socket for the command line cannot be made',
      detail: `${file} (${(error as NodeJS.ErrnoException).code})`,
      remedy:
        'Make sure that dataFolder is on a file system with sockets and that nothing else has this name.',
    },
    error,
  );
}
