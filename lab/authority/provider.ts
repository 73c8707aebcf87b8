import { type AccessToken, type ClientCredentials, type Configuration, Provider } from 'oidc-provider';
import type { LabApp } from './apps.ts';
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
  signingKey: SigningKey;
}

/**
 * `oidc-provider` with Entra's routes, tokens and habits: access tokens are JWTs for the resource that the
 * scopes name, refresh tokens rotate, PKCE is checked, claims are Entra's (`upn`, `tid`, `oid`, `scp`, `roles`).
 */
export function createProvider(parts: ProviderParts): Provider {
  const { issuer, mount, tenantId, personal, storage, faults, apps, signingKey } = parts;
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
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => identityClaims(id, tenantId) }),
    features: featuresOf(personal),
    renderError(ctx, out) {
      ctx.body = out;
    },
    pkce: { required: (_ctx, client) => client.grantTypeAllowed('authorization_code') },
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx, client, code) =>
      !faults.noRefreshToken && client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    ttl: lifetimes(faults),
    extraTokenClaims: (_ctx, token) => tokenClaims(token, tenantId, apps),
    formats: {
      // Personal accounts have long tickets.
      bitsOfOpaqueRandomness: (_ctx, token) => (personal && token.kind === 'AccessToken' ? 6000 : 256),
      customizers: {
        jwt: (_ctx, token, jwt) => {
          jwt.header = { ...jwt.header, typ: 'JWT', kid };
          jwt.payload.sub ??= token.clientId as string;
        },
      },
    },
    cookies: { keys: ['lab'] },
  });
}

function identityClaims(account: string, tenantId: string) {
  return {
    sub: account,
    oid: account,
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
  tenantId: string,
  apps: ReadonlyMap<string, LabApp>,
) {
  const app = apps.get(String(token.clientId));
  const claims = { tid: tenantId, appid: token.clientId, ver: '1.0' };
  if ('accountId' in token)
    return { ...claims, upn: token.accountId, oid: token.accountId, scp: shortScopes(token.scope) };
  const roles = rolesFor(String(token.aud), app?.roles ?? []);
  // Exchange maps the service principal to mailboxes; here the app says which one it may open.
  return {
    ...claims,
    idtyp: 'app',
    oid: app?.objectId,
    ...(app?.upn && { upn: app.upn }),
    ...(roles.length > 0 && { roles }),
  };
}

/** What a person consented to by Accept: everything that the app may ask for. */
export async function grantAll(provider: Provider, clientId: string, account: string): Promise<string> {
  const grant = new provider.Grant({ accountId: account, clientId });
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
