import { type ClientAuth, Configuration, customFetch, discovery, type ServerMetadata } from 'openid-client';
import type { CredentialProfile } from '../../../resources/credential-profile.ts';

import type { Authority } from '../../authority.ts';
import { withNetwork } from '../../network.ts';
import { cloudNames } from './clouds.ts';
import { endpointsOf, issuerOf, issuerTemplate } from './endpoints.ts';
import { explainMicrosoft, isOfResource } from './errors.ts';
import { identityScopes, microsoftResource } from './scopes.ts';

/** Microsoft Entra ID, endpoints version 2.0, in all clouds; and login.live.com for personal accounts. */
export const microsoft: Authority = {
  async configuration(profile, authentication, named) {
    const endpoints = endpointsOf(profile);
    const issuer = issuerOf(profile, named);
    return withNetwork(
      issuer === null
        ? await withIssuerOfToken({ ...endpoints, issuer: issuerTemplate(profile) }, profile, authentication)
        : new Configuration({ ...endpoints, issuer }, profile.clientId, undefined, authentication),
    );
  },

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
};

/**
 * The issuer to expect is the template with the identity token's `tid` put in. openid-client does that for
 * what it discovered at the worldwide host; so it is made to discover there what is known already.
 */
function withIssuerOfToken(
  metadata: ServerMetadata,
  profile: CredentialProfile,
  authentication: ClientAuth,
): Promise<Configuration> {
  const server = new URL(`${cloudNames.worldwide.login}/common/v2.0`);
  return discovery(server, profile.clientId, undefined, authentication, {
    [customFetch]: async () => Response.json(metadata),
  });
}
