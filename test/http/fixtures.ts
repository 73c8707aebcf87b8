import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Hono } from 'hono';
import { pino } from 'pino';
import { type Certificate, openCertificate } from '../../src/http/certificate.ts';
import { type Limits, limits as usualLimits } from '../../src/http/limits.ts';
import { serveHttps } from '../../src/http/server.ts';
import type { Log } from '../../src/telemetry/log.ts';
import type { Vault } from '../../src/vault/vault.ts';

export const silent: Log = pino({ level: 'silent' });

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-http-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Serving {
  certificate?: Certificate;
  limits?: Limits;
  trustedProxies?: string[];
}

/** An app behind real HTTPS on a free port of this machine, with a development certificate unless one is given. */
export async function serve(
  t: TestContext,
  app: Hono,
  { certificate, limits = usualLimits, trustedProxies = [] }: Serving = {},
) {
  const own =
    certificate ??
    (await openCertificate({
      tls: { trust: [] },
      publicUrl: 'https://localhost',
      dataFolder: temporaryFolder(t),
      log: silent,
    }));
  t.after(() => own.close());
  const server = await serveHttps({
    app,
    listen: { host: '127.0.0.1', port: 0, trustedProxies },
    certificate: own,
    log: silent,
    limits,
  });
  t.after(() => server.stop());
  const ca = own.current().certificate;
  return {
    server,
    ca,
    origin: `https://localhost:${server.port}`,
    fetch: (path: string, options: Ask = {}) => ask(server.port, ca, path, options),
  };
}

interface Ask {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** The address to come from: all of 127.0.0.0/8 are this machine's. */
  from?: string;
}

export interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
}

/** One request on a connection of its own, the certificate verified. */
export function ask(
  port: number,
  ca: string,
  path: string,
  { method, headers, body, from }: Ask,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        host: 'localhost',
        port,
        path,
        ca,
        // Whatever Host says
        servername: 'localhost',
        method: method ?? 'GET',
        headers,
        agent: false,
        localAddress: from,
      },
      async (response) => {
        let text = '';
        response.setEncoding('utf8');
        try {
          for await (const chunk of response) text += chunk;
        } catch (error) {
          return reject(error);
        }
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      },
    );
    asking.on('error', reject);
    asking.end(body);
  });
}

/** A vault's signatures, with a key of the tests. */
export const signing: Pick<Vault, 'mac'> = {
  mac: (purpose, data) => createHmac('sha256', 'key').update(`${purpose} ${data}`).digest('base64url'),
};

export const form = { 'content-type': 'application/x-www-form-urlencoded' };
