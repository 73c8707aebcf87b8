import type { Server } from 'node:net';
import { Problem } from '../model/problem.ts';

interface Address {
  host: string;
  port: number;
}

/** Resolves once the server listens; throws `listen.*`. `section` is that of the settings which say where. */
export function startListening(server: Server, { host, port }: Address, section: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(explainListen(error, { host, port }, section)),
    );
    server.listen(port, host, resolve);
  });
}

function explainListen(error: NodeJS.ErrnoException, { host, port }: Address, section: string): Problem {
  const address = `${host}, port ${port}`;
  const variable = `LETTERBOX_${section.toUpperCase()}_PORT`;
  if (error.code === 'EADDRINUSE')
    return new Problem(
      {
        code: 'listen.in-use',
        kind: 'machine',
        title: 'Another program already listens at this address',
        detail: address,
        remedy: `Stop the other program, or set ${section}.port (${variable}) to a free port.`,
      },
      error,
    );
  if (error.code === 'EACCES')
    return new Problem(
      {
        code: 'listen.forbidden',
        kind: 'machine',
        title: 'The system does not let Letterbox listen at this address',
        detail: address,
        cause: 'Ports below 1024 need a privilege.',
        remedy: `Set ${section}.port to 1024 or above, or give the service CAP_NET_BIND_SERVICE.`,
      },
      error,
    );
  return new Problem(
    {
      code: 'listen.impossible',
      kind: 'machine',
      title: 'Letterbox cannot listen at this address',
      detail: `${address} (${error.code})`,
      remedy: 'Set listen.host to an address of this machine, such as 0.0.0.0 for all.',
    },
    error,
  );
}
