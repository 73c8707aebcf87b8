import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { LabCertificates } from '../certificates.ts';

/** What a site does with a request; `url` has its host. */
export type Site = (url: URL, response: ServerResponse, request: IncomingMessage) => unknown;

export interface LabSites {
  port: number;
  /** Every request that came, by its URL without the port. */
  requests: string[];
  stop(): Promise<void>;
}

/**
 * HTTPS sites of any names, all on one port of this machine, each with a certificate of the lab's authority for its own
 * name. A name that is none of theirs is shown the certificate of another.
 */
export async function startSites(
  certificates: LabCertificates,
  sites: Readonly<Record<string, Site>>,
): Promise<LabSites> {
  const requests: string[] = [];
  const contexts = new Map<string, Promise<SecureContext>>();
  const contextOf = (name: string) => {
    const known = contexts.get(name) ?? issue(certificates, name);
    contexts.set(name, known);
    return known;
  };
  const { certFile, keyFile } = await certificates.issue(['another.example']);
  const server = createServer(
    {
      cert: readFileSync(certFile),
      key: readFileSync(keyFile),
      SNICallback(name, give) {
        if (sites[name]) contextOf(name).then((context) => give(null, context), give);
        else give(null);
      },
    },
    (request, response) => {
      const [host = ''] = (request.headers.host ?? '').split(':');
      const url = new URL(request.url ?? '/', `https://${host}`);
      requests.push(url.href);
      sites[host]?.(url, response, request);
    },
  );
  // Who hangs up in the middle of a handshake is no concern of others
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function issue(certificates: LabCertificates, name: string): Promise<SecureContext> {
  const { certFile, keyFile } = await certificates.issue([name]);
  return createSecureContext({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
}

/** A site of one file. */
export function file(path: string, text: string, contentType = 'text/xml'): Site {
  return (url, response) => {
    if (url.pathname === path) response.writeHead(200, { 'content-type': contentType }).end(text);
    else response.writeHead(404).end();
  };
}

/** A site that only leads elsewhere; to others of these sites at the port that they are all at. */
export function redirect(to: string, status = 302): Site {
  return (_url, response, { headers }) => {
    const location = new URL(to);
    if (location.protocol === 'https:' && location.port === '')
      location.port = headers.host?.split(':')[1] ?? '';
    response.writeHead(status, { location: location.href }).end();
  };
}
