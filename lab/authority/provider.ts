import { generateKeyPairSync } from 'node:crypto';
import { type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Faults } from './faults.ts';
import type { LabStorage } from './memory-adapter.ts';

/** The one resource of the lab, in Entra's words: Exchange Online, asked for by the scopes' prefix. */
const resource = 'https://outlook.office.com';
const delegated = ['IMAP.AccessAsUser.All', 'POP.AccessAsUser.All', 'SMTP.Send', 'EWS.AccessAsUser.All'];
const appOnlyScope = 'https://outlook.office365.com/.default';
const scopes = [
  ...delegated.map((name) => `${resource}/${name}`),
  ...delegated.map((name) => `https://outlook.office365.com/${name}`),
  appOnlyScope,
];

export interface ProviderParts {
  issuer: string;
  tenantId: string;
  storage: LabStorage;
  faults: Faults;
}

/**
 * `oidc-provider` with Entra's routes, tokens and habits: access tokens are JWTs for the resource that the
 * scopes name, refresh tokens rotate, PKCE is checked, claims are Entra's (`upn`, `tid`, `oid`, `scp`, `roles`).
 */
export function createProvider({ issuer, tenantId, storage, faults }: ProviderParts) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = 'lab-key-1';
  const provider = new Provider(issuer, {
    adapter: storage.adapter as never,
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }] },
    clientDefaults: { id_token_signed_response_alg: 'RS256' },
    extraClientMetadata: { properties: ['upn'] },
    routes: {
      authorization: '/oauth2/v2.0/authorize',
      token: '/oauth2/v2.0/token',
      device_authorization: '/oauth2/v2.0/devicecode',
      jwks: '/discovery/v2.0/keys',
      userinfo: '/oidc/userinfo',
    },
    interactions: { url: (_ctx, interaction) => `/${tenantId}/sign-in/${interaction.uid}` },
    scopes: ['openid', 'offline_access', 'profile', 'email'],
    claims: { openid: ['sub', 'oid', 'tid'], profile: ['name', 'preferred_username'], email: ['email'] },
    conformIdTokenClaims: false,
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        oid: id,
        tid: tenantId,
        name: id.split('@')[0],
        preferred_username: id,
        email: id,
      }),
    }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: false },
      revocation: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_ctx, _client, oneOf) => (oneOf ? (oneOf[0] ?? resource) : resource),
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: scopes.join(' '),
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    pkce: { required: (_ctx, client) => client.grantTypeAllowed('authorization_code') },
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx, client, code) =>
      !faults.noRefreshToken && client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    ttl: {
      AccessToken: () => faults.accessTokenSeconds,
      ClientCredentials: () => faults.accessTokenSeconds,
      AuthorizationCode: 600,
      IdToken: 3600,
      RefreshToken: 90 * 24 * 3600,
      Interaction: 3600,
      Session: 3600,
      Grant: 90 * 24 * 3600,
    },
    extraTokenClaims: (ctx, token) => ({
      tid: tenantId,
      appid: token.clientId,
      ver: '1.0',
      ...('accountId' in token
        ? { upn: token.accountId, scp: shortScopes(token.scope) }
        : // Exchange maps the service principal to mailboxes; here the client says which one it may open.
          { upn: ctx.oidc.client?.upn, roles: ['IMAP.AccessAsApp'] }),
    }),
    formats: {
      customizers: {
        jwt: (_ctx, token, parts) => {
          parts.header = { ...parts.header, typ: 'JWT', kid };
          parts.payload.sub ??= token.clientId as string;
        },
      },
    },
    cookies: { keys: ['lab'] },
  });
  return { provider, kid, publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

/** The interaction's end: signed in as `account`, everything asked for consented to. */
export async function grantAll(
  provider: Provider,
  params: Record<string, unknown>,
  account: string,
): Promise<string> {
  const grant = new provider.Grant({ accountId: account, clientId: String(params.client_id) });
  grant.addOIDCScope('openid profile email offline_access');
  grant.addResourceScope(resource, scopes.join(' '));
  return grant.save();
}

export type LabContext = KoaContextWithOIDC;

function shortScopes(scope: string | undefined): string {
  return (scope ?? '')
    .split(' ')
    .filter((name) => name.startsWith('https://'))
    .map((name) => name.slice(name.lastIndexOf('/') + 1))
    .join(' ');
}
