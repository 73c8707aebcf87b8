import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import type { LabCertificates } from '../../lab/certificates.ts';

export interface Notification {
  subscriptionId: string;
  clientState?: string;
  changeType?: string;
  lifecycleEvent?: string;
  resourceData?: { id: string };
}

/** An endpoint for change notifications that echoes validation tokens, unless told not to. */
export async function createHttpsReceiver(t: TestContext, certificates: LabCertificates) {
  const { certFile, keyFile } = await certificates.issue();
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
  const arrived: { path: string; value: Notification }[] = [];
  let wake = () => {};
  const receiver = {
    url: '',
    echo: true,
    /** The next notification that nobody has taken yet. */
    async next() {
      while (arrived.length === 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
      }
      return arrived.shift() as { path: string; value: Notification };
    },
  };
  server.on('request', async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', receiver.url);
    const body = await text(request);
    const token = searchParams.get('validationToken');
    if (token !== null) {
      response.writeHead(200, { 'content-type': 'text/plain' }).end(receiver.echo ? token : '');
      return;
    }
    response.writeHead(202).end();
    for (const value of JSON.parse(body).value) arrived.push({ path: pathname, value });
    wake();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  receiver.url = `https://localhost:${typeof address === 'object' ? address?.port : 0}`;
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return receiver;
}
