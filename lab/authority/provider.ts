import { type AccessToken, type ClientCredentials, type Configuration, Provider } from 'oidc-provider';
import type { LabApp } from './apps.ts';
import { type Directory, objectIdOf } from './directory.ts';
import type { Faults } from './faults.ts';
import type { LabStorage } from './memory-adapter.ts';
import { resources, rolesFor, scopesOf } from './resources.ts';

export interface SigningKey {
  kid: string;
  /** Private key as JWK. */
  jwk: object;
}

export interface ProviderParts {
  issuer: string;
  /** First part of its addresses. */
  mount: string;
  tenantId: string;
  /** Of personal accounts: its access tokens are opaque. */
  personal: boolean;
  storage: LabStorage;
  faults: Faults;
  apps: Map<string, LabApp>;
  directory: Directory;
  signingKey: SigningKey;
}

/**
 * `oidc-provider` with Entra's routes, tokens and habits: access tokens are JWTs for the resource that the
 * scopes name, refresh tokens rotate, PKCE is checked, claims are Entra's (`upn`, `tid`, `oid`, `scp`, `roles`), with one that the lab's Dovecot needs.
 */
export function createProvider(parts: ProviderParts): Provider {
  const { issuer, mount, tenantId, personal, storage, faults, apps, directory, signingKey } = parts;
  const { kid, jwk } = signingKey;
  return new Provider(issuer, {
    adapter: storage.adapter as never,
    jwks: { keys: [{ ...jwk, kid, use: 'sig', alg: 'RS256' }] as never },
    clientDefaults: { id_token_signed_response_alg: 'RS256' },
    routes: {
      authorization: '/oauth2/v2.0/authorize',
      token: '/oauth2/v2.0/token',
      device_authorization: '/oauth2/v2.0/devicecode',
      jwks: '/discovery/v2.0/keys',
      userinfo: '/oidc/userinfo',
    },
    interactions: { url: (_ctx, interaction) => `/${mount}/sign-in/${interaction.uid}` },
    // Which of Entra's tenants was named: a real one, or one that stands for many.
    extraParams: ['tenant'],
    scopes: ['openid', 'offline_access', 'profile', 'email'],
    claims: {
      openid: ['sub', 'oid', 'tid', 'ver'],
      profile: ['name', 'preferred_username'],
      email: ['email'],
    },
    conformIdTokenClaims: false,
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: () => identityClaims(id, directory.accountOf(id), tenantId),
    }),
    features: featuresOf(personal),
    renderError(ctx, out) {
      ctx.body = out;
    },
    // Entra demands it of public clients alone, and checks it where it was begun with.
    pkce: { required: (_ctx, client) => apps.get(client.clientId)?.publicClient === true },
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx, client, code) =>
      !faults.noRefreshToken && client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    ttl: lifetimes(faults),
    extraTokenClaims: (_ctx, token) => tokenClaims(token, parts),
    formats: {
      bitsOfOpaqueRandomness: (_ctx, token) => lengths[token.kind] ?? 256,
      customizers: {
        jwt: (_ctx, token, jwt) => {
          jwt.header = { ...jwt.header, typ: 'JWT', kid };
          // An app's own token is about its service principal.
          if (!('accountId' in token)) jwt.payload.sub = apps.get(String(token.clientId))?.objectId;
        },
      },
    },
    cookies: { keys: ['lab'] },
  });
}

/** In bits; Entra's tokens and codes are so long, six bits a character, and so are the tickets of personal accounts. */
const lengths: Record<string, number> = { AccessToken: 6000, RefreshToken: 8000, AuthorizationCode: 5000 };

function identityClaims(sub: string, account: string, tenantId: string) {
  return {
    sub,
    oid: objectIdOf(account),
    tid: tenantId,
    ver: '2.0',
    name: account.split('@')[0],
    preferred_username: account,
    email: account,
  };
}

function featuresOf(personal: boolean): Configuration['features'] {
  return {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true, charset: 'base-20', mask: '*********' },
    revocation: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    resourceIndicators: {
      enabled: true,
      // The first that was consented to, where the request names none.
      defaultResource: (_ctx, _client, oneOf) => (oneOf?.[0] ?? undefined) as never,
      useGrantedResource: () => true,
      getResourceServerInfo: (_ctx, id) => ({
        scope: scopesOf(id),
        audience: id,
        accessTokenFormat: personal ? 'opaque' : 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  };
}

/** In seconds. */
function lifetimes(faults: Faults): Configuration['ttl'] {
  return {
    AccessToken: () => faults.accessTokenSeconds,
    ClientCredentials: () => faults.accessTokenSeconds,
    AuthorizationCode: 600,
    DeviceCode: () => faults.deviceCodeSeconds,
    IdToken: 3600,
    RefreshToken: 90 * 24 * 3600,
    Interaction: 3600,
    Session: 3600,
    Grant: 90 * 24 * 3600,
  };
}

function tokenClaims(
  token: AccessToken | ClientCredentials,
  { tenantId, apps, directory }: Pick<ProviderParts, 'tenantId' | 'apps' | 'directory'>,
) {
  const app = apps.get(String(token.clientId));
  const claims = { tid: tenantId, appid: token.clientId, ver: '1.0' };
  if ('accountId' in token) {
    const account = directory.accountOf(token.accountId);
    const person = { upn: account, oid: objectIdOf(account), scp: shortScopes(token.scope) };
    return { ...claims, ...mailboxClaim(account), ...person };
  }
  const roles = rolesFor(String(token.aud), app?.roles ?? []);
  return {
    ...claims,
    ...mailboxClaim(app?.upn),
    idtyp: 'app',
    oid: app?.objectId,
    ...(roles.length > 0 && { roles }),
  };
}

/**
 * For the lab's Dovecot alone, which opens the mailbox that a claim names: Entra has no such claim, and Exchange looks
 * up by itself which mailboxes a person or a service principal may open.
 */
function mailboxClaim(mailbox: string | null | undefined): Record<string, string> {
  return mailbox ? { mailbox } : {};
}

/** What a person consented to by Accept: everything that the app may ask for. */
export async function grantAll(provider: Provider, clientId: string, subject: string): Promise<string> {
  const grant = new provider.Grant({ accountId: subject, clientId });
  grant.addOIDCScope('openid profile email offline_access');
  for (const { id } of resources) grant.addResourceScope(id, scopesOf(id));
  return grant.save();
}

function shortScopes(scope: string | undefined): string {
  return (scope ?? '')
    .split(' ')
    .filter((name) => name.startsWith('https://'))
    .map((name) => name.slice(name.lastIndexOf('/') + 1))
    .join(' ');
}
