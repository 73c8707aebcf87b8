import type { Authority } from '../../authority.ts';
import { endpointsOf } from './endpoints.ts';
import { explainMicrosoft, isOfResource, saysWhy } from './errors.ts';
import { identityScopes } from './permissions.ts';
import { microsoftResource } from './scopes.ts';

/** Microsoft Entra ID, endpoints version 2.0, in all clouds; and login.live.com for personal accounts. */
export const microsoft: Authority = {
  configuration: async (...asked) => (await import('./configuration.ts')).configuration(...asked),

  tokenUrl: (profile) => new URL(endpointsOf(profile).token_endpoint),

  resource: microsoftResource,

  identityScopes: ({ scopes }) =>
    scopes.length === 0 ? identityScopes : identityScopes.filter((scope) => scopes.includes(scope)),

  // The account is chosen each time: the browser may be signed in as somebody else. Never
  // prompt=consent, which locks out tenants where only administrators may consent.
  authorizationParameters: (profile) => ({
    prompt: 'select_account',
    ...(profile.signInName && { login_hint: profile.signInName }),
  }),

  refreshTokenRemedy:
    'Add offline_access to the scopes of the profile (or clear them to use the default), then connect again.',

  explain: explainMicrosoft,
  concernsResource: isOfResource,
  saysWhy,
};
