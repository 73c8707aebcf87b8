import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabCertificates } from '../certificates.ts';
import { entraError } from './entra-errors.ts';
import { type Faults, noFaults } from './faults.ts';
import { createStorage } from './memory-adapter.ts';
import { createProvider } from './provider.ts';
import { serveSignIn } from './sign-in.ts';
import { giveEntraErrors } from './token-errors.ts';

export interface LabClient {
  clientId: string;
  clientSecret: string;
}

export interface LabAuthority {
  origin: string;
  /** GUID of the one tenant, which is also reachable by its domain. */
  tenant: string;
  domain: string;
  issuer: string;
  authorizationUrl: string;
  tokenUrl: string;
  /** Folder of public keys as Dovecot looks for them. */
  keysFolder: string;
  caPem: string;
  /** Registers an app: with redirect URIs for people, or app-only with the mailbox (`upn`) it may open. */
  register(client: {
    redirectUris?: string[];
    appOnly?: boolean;
    upn?: string;
    clientSecret?: string;
  }): LabClient;
  /** A new secret in place of an app's present one, as an administrator makes it under *Certificates & secrets*. */
  renewSecret(clientId: string): Promise<string>;
  faults: Faults;
  revokeConsents(): void;
  /** What was asked, without secrets. */
  requests: { path: string; grant: string; scope: string; at: number }[];
  stop(): Promise<void>;
}

/**
 * Stands in for Microsoft Entra ID: `oidc-provider` over HTTPS with Entra's routes, tokens and error answers.
 * One tenant; any `name@…` may sign in and consents to all that is asked. Not covered: conditional access,
 * admin consent, personal accounts, device code, certificates.
 */
export async function startAuthority({
  certificates,
  folder,
}: {
  certificates: LabCertificates;
  folder: string;
}): Promise<LabAuthority> {
  const { certFile, keyFile } = await certificates.issue();
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin = `https://localhost:${typeof address === 'object' ? address?.port : 0}`;

  const tenant = randomUUID();
  const domain = 'contoso.example';
  const issuer = `${origin}/${tenant}/v2.0`;
  const faults = noFaults();
  const storage = createStorage(faults);
  const { provider, kid, publicKeyPem } = createProvider({ issuer, tenantId: tenant, storage, faults });
  const requests: LabAuthority['requests'] = [];
  let revoked = false;
  giveEntraErrors(provider, { storage, faults, isRevoked: () => revoked });

  const keys = join(folder, 'keys', 'default', 'RS256');
  mkdirSync(keys, { recursive: true });
  writeFileSync(join(keys, kid), publicKeyPem);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', origin);
    const [, asTenant, ...rest] = url.pathname.split('/');
    if (asTenant !== tenant && asTenant !== domain)
      return send(response, 400, entraError('invalid_request', 90002));
    const path = `/${rest.join('/')}`;
    if (path.startsWith('/sign-in/')) return serveSignIn(provider, request, response);
    if (path === '/oauth2/v2.0/authorize') askForSignIn(url);
    if (path === '/oauth2/v2.0/token') {
      if (faults.slowMilliseconds) await sleep(faults.slowMilliseconds);
      if (faults.serverError > 0) {
        faults.serverError--;
        return send(response, 503, entraError('temporarily_unavailable', 90033));
      }
      if (faults.loseAnswerAfterRotation > 0) {
        faults.loseAnswerAfterRotation--;
        response.end = () => response.destroy();
      }
    }
    request.url = `${path === '/v2.0/.well-known/openid-configuration' ? path.replace('/v2.0', '') : path}${url.search}`;
    // The provider takes its mount path from the difference.
    Object.assign(request, { originalUrl: `/${tenant}${request.url}` });
    await provider.callback()(request, response);
  }

  provider.use(async (ctx, next) => {
    await next();
    if (ctx.oidc?.route !== 'token') return;
    const { grant_type, scope } = ctx.oidc.params ?? {};
    requests.push({ path: 'token', grant: String(grant_type), scope: String(scope ?? ''), at: Date.now() });
  });
  server.on('request', (request, response) => {
    serve(request, response).catch(() => response.destroy());
  });

  return {
    origin,
    tenant,
    domain,
    issuer,
    authorizationUrl: `${origin}/${tenant}/oauth2/v2.0/authorize`,
    tokenUrl: `${origin}/${tenant}/oauth2/v2.0/token`,
    keysFolder: join(folder, 'keys'),
    caPem: certificates.caPem,
    faults,
    requests,
    register({ redirectUris = [], appOnly = false, upn, clientSecret = newSecret() }) {
      const clientId = randomUUID();
      storage.setClient(clientId, {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: redirectUris,
        response_types: appOnly ? [] : ['code'],
        grant_types: appOnly ? ['client_credentials'] : ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: 'client_secret_post',
        ...(upn && { upn }),
      } as never);
      return { clientId, clientSecret };
    },
    async renewSecret(clientId) {
      const clientSecret = newSecret();
      const client = await storage.adapter('Client').find(clientId);
      storage.setClient(clientId, { ...client, client_secret: clientSecret } as never);
      return clientSecret;
    },
    revokeConsents() {
      revoked = true;
      storage.revoke();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** With a tilde, as Entra's have. */
function newSecret(): string {
  return `lab~${randomBytes(24).toString('base64url')}`;
}

/** Every authorization shows the sign-in page, whose one button also consents; `select_account` is Entra's word. */
function askForSignIn(url: URL): void {
  url.searchParams.set('prompt', 'login consent');
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
