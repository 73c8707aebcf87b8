import type { CredentialProfile } from '../../../resources/credential-profile/record.ts';
import type { Authority } from '../../authority.ts';
import { concernsResource } from '../../standard-errors.ts';

const identityScopes = ['openid', 'profile', 'email'];

/** Any OAuth 2.0 authorization server: described by its issuer (OpenID Connect Discovery) or by its URLs. */
export const custom: Authority = {
  configuration: async (...asked) => (await import('./configuration.ts')).configuration(...asked),

  tokenUrl: ({ tokenUrl, issuer }) => new URL(tokenUrl ?? issuer ?? ''),

  // Nothing is known of its resources: one token is for everything, with all scopes that the profile names.
  resource: (profile) => ({
    id: 'all',
    scopes: profile.scopes.length > 0 ? profile.scopes : defaultScopes(profile),
  }),

  identityScopes: () => [],

  authorizationParameters: (profile) => ({ ...(profile.signInName && { login_hint: profile.signInName }) }),

  refreshTokenRemedy:
    'Add offline_access to the scopes of the profile (or clear them to use the default), then connect again.',

  explain: () => null,
  concernsResource,
  saysWhy: () => false,
};

/** With URLs alone nothing is known that an identity token could be checked against. */
function defaultScopes({ grant, issuer }: CredentialProfile): string[] {
  return grant === 'client_credentials' ? [] : [...(issuer === null ? [] : identityScopes), 'offline_access'];
}
