import { personalTenant, type Tenant } from './tenants.ts';

/** OpenID Connect Discovery as Entra words it; under names that stand for many tenants the issuer is a template. */
export function describe({ name, kind }: Tenant, origin: string, organisation: string) {
  const id = kind === 'organisation' ? organisation : kind === 'consumers' ? personalTenant : name;
  const base = `${origin}/${id}`;
  const issuerTenant = kind === 'common' || kind === 'organizations' ? '{tenantid}' : id;
  return {
    issuer: `${origin}/${issuerTenant}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    userinfo_endpoint: `${origin}/oidc/userinfo`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    response_types_supported: ['code'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    claims_supported: [
      'sub',
      'iss',
      'aud',
      'exp',
      'iat',
      'nonce',
      'preferred_username',
      'name',
      'tid',
      'ver',
    ],
    request_uri_parameter_supported: false,
  };
}
