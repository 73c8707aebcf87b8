import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { AdapterPayload } from 'oidc-provider';
import type { LabCertificates } from '../certificates.ts';
import { type Network, startHttps } from '../https.ts';
import { giveEntraAnswers } from './answers.ts';
import { createApp, type LabApp, type Registration } from './apps.ts';
import { createDirectory, type Directory } from './directory.ts';
import type { TokenRequest } from './endpoints.ts';
import { type Faults, noFaults } from './faults.ts';
import { createStorage, type LabStorage } from './memory-adapter.ts';
import { createOrganisation, type Organisation } from './organisation.ts';
import { createProvider, type ProviderParts } from './provider.ts';
import { createRouter } from './router.ts';
import { personalTenant } from './tenants.ts';
import { giveEntraErrors } from './token-errors.ts';
import { deviceCodeGrant } from './token-request.ts';

export interface LabClient {
  clientId: string;
  clientSecret: string;
}

export interface LabAuthority {
  origin: string;
  network: Network;
  /** GUID of the one organisation's tenant, which is also reachable by its domain. */
  tenant: string;
  domain: string;
  issuer: string;
  authorizationUrl: string;
  tokenUrl: string;
  deviceAuthorizationUrl: string;
  /** Folder of public keys as Dovecot looks for them. */
  keysFolder: string;
  caPem: string;
  /** Registers an app: with redirect URIs for people, or app-only with the mailbox (`upn`) it may open. */
  register(registration: Registration): LabClient;
  /** Registers an app as it is, or what was changed of one: as the directory has it. */
  put(app: LabApp): void;
  /** An app that was deleted is known no more. */
  forget(clientId: string): void;
  /** What is registered of an app, to be changed as in the portal. */
  app(clientId: string): LabApp;
  /** What administrators have set for the tenant, and for its people. */
  organisation: Organisation;
  faults: Faults;
  revokeConsents(): void;
  /** *Revoke sessions* of one person, or a changed password: refresh tokens from before are worth nothing. */
  revokeSessions(account: string): void;
  /** So many days pass in which no refresh token is used. */
  letDaysPass(days: number): void;
  /** What the token endpoint was asked, without secrets. */
  requests: TokenRequest[];
  stop(): Promise<void>;
}

/**
 * Stands in for Microsoft Entra ID: `oidc-provider` over HTTPS with Entra's routes, tokens and error answers.
 *
 * Covered: authorization code with PKCE, refresh tokens, client credentials and device codes; one organisation's
 * tenant by GUID and domain, `organizations`, `common`, `consumers` and the URLs of login.live.com; Exchange Online
 * under both its names and Microsoft Graph, a token for one resource at a time, permissions by app; secrets,
 * certificates and federated credentials, several at a time and each with its end; public clients; admin consent;
 * supported account types; apps that are disabled or have no service principal, assignment, withdrawn consent; accounts
 * that are disabled, locked, deleted or whose password expired; Conditional Access (`organisation.policies`); a tenant
 * without Exchange Online; sessions revoked and tokens unused for long.
 * Any `name@…` may sign in and consents to all that is asked; accounts at outlook.*, hotmail.* and live.* are personal.
 *
 * Not covered: passwords, guests, version 1 endpoints, national clouds; who has a second factor shows it unasked; consent
 * that was given to another request is known only where an administrator gave it; opaque tokens open no mailbox of the
 * lab's Dovecot.
 */
export async function startAuthority({
  certificates,
  folder,
}: {
  certificates: LabCertificates;
  folder: string;
}): Promise<LabAuthority> {
  const { server, origin, network, stop } = await startHttps(certificates);
  const tenant = randomUUID();
  const domain = 'contoso.example';
  const faults = noFaults();
  const organisation = createOrganisation();
  const storage = createStorage(faults);
  const apps = new Map<string, LabApp>();
  const requests: TokenRequest[] = [];
  const signingKey = makeSigningKey(join(folder, 'keys'));
  let revoked = false;
  const directory = createDirectory();
  const parts = { storage, faults, apps, directory, organisation };
  const providers = createProviders(origin, tenant, { ...parts, signingKey }, () => revoked);
  const note = (request: TokenRequest) => requests.push(request);
  const route = createRouter({ origin, tenant, domain, providers, note, ...parts });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    route(request, response).catch(() => response.destroy());
  });

  const endpoint = (name: string) => `${origin}/${tenant}/oauth2/v2.0/${name}`;
  return {
    origin,
    network,
    tenant,
    domain,
    issuer: `${origin}/${tenant}/v2.0`,
    authorizationUrl: endpoint('authorize'),
    tokenUrl: endpoint('token'),
    deviceAuthorizationUrl: endpoint('devicecode'),
    keysFolder: join(folder, 'keys'),
    caPem: certificates.caPem,
    organisation,
    faults,
    requests,
    ...registrations(apps, storage),
    revokeConsents() {
      revoked = true;
      storage.revoke();
    },
    revokeSessions(account) {
      for (const token of storage.all('RefreshToken'))
        if (isOf(directory, token, account)) token.revoked = true;
    },
    letDaysPass(days) {
      const seconds = days * 24 * 3600;
      for (const token of storage.all('RefreshToken')) token.exp = (token.exp ?? 0) - seconds;
      for (const signIn of organisation.signIns.values()) signIn.at -= seconds * 1000;
    },
    stop,
  };
}

/** How apps come to be known, change and go. */
function registrations(
  apps: Map<string, LabApp>,
  storage: LabStorage,
): Pick<LabAuthority, 'put' | 'forget' | 'register' | 'app'> {
  function put(app: LabApp): void {
    apps.set(app.clientId, app);
    storage.setClient(app.clientId, clientOf(app) as never);
  }
  return {
    put,
    forget: (clientId) => void apps.delete(clientId),
    register(registration) {
      const app = createApp(registration);
      put(app);
      return { clientId: app.clientId, clientSecret: app.secrets[0] ?? '' };
    },
    app(clientId) {
      const app = apps.get(clientId);
      if (!app) throw new Error(`no app ${clientId} is registered`);
      return app;
    },
  };
}

/** One provider for each place that accounts are in; `isRevoked` tells whether all consents are. */
function createProviders(
  origin: string,
  tenant: string,
  parts: Pick<ProviderParts, 'storage' | 'faults' | 'apps' | 'directory' | 'signingKey'>,
  isRevoked: () => boolean,
) {
  const providerOf = (mount: string, issuer = `${origin}/${mount}/v2.0`) => {
    const personal = mount !== tenant;
    const tenantId = personal ? personalTenant : tenant;
    const provider = createProvider({ issuer, mount, tenantId, personal, ...parts });
    giveEntraAnswers(provider, origin, tenantId, parts.faults);
    giveEntraErrors(provider, isRevoked);
    return provider;
  };
  return {
    organisation: providerOf(tenant),
    personal: providerOf(personalTenant),
    live: providerOf('live', origin),
  };
}

function isOf(directory: Directory, { accountId }: AdapterPayload, account: string): boolean {
  return accountId !== undefined && directory.accountOf(accountId).toLowerCase() === account.toLowerCase();
}

/** An app as `oidc-provider` has it. */
function clientOf({ clientId, internalSecret, redirectUris }: LabApp) {
  const forPeople = redirectUris.length > 0;
  return {
    client_id: clientId,
    client_secret: internalSecret,
    redirect_uris: redirectUris,
    response_types: forPeople ? ['code'] : [],
    grant_types: [
      ...(forPeople ? ['authorization_code'] : []),
      'refresh_token',
      'client_credentials',
      deviceCodeGrant,
    ],
    token_endpoint_auth_method: 'client_secret_post',
  };
}

/** The key that tokens are signed with; its public half lies where Dovecot looks for it. */
function makeSigningKey(folder: string) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = 'lab-key-1';
  const keys = join(folder, 'default', 'RS256');
  mkdirSync(keys, { recursive: true });
  writeFileSync(join(keys, kid), publicKey.export({ type: 'spki', format: 'pem' }));
  return { kid, jwk: privateKey.export({ format: 'jwk' }) };
}
