import { ClientSecretPost, Configuration, discovery } from 'openid-client';
import { Problem } from '../../model/problem.ts';
import type { Authority } from '../authority.ts';
import { network, unreachable, withNetwork } from '../network.ts';

/** Any OAuth 2.0 authorization server: described by its issuer (RFC 8414, OpenID Discovery) or by its two URLs. */
export const custom: Authority = {
  async configuration(profile, clientSecret) {
    const client = [profile.clientId, undefined, ClientSecretPost(clientSecret)] as const;
    if (profile.issuer !== null) return withNetwork(await discover(profile.issuer, client));
    const tokenUrl = new URL(profile.tokenUrl ?? '');
    return withNetwork(
      new Configuration(
        {
          issuer: tokenUrl.origin,
          token_endpoint: tokenUrl.href,
          ...(profile.authorizationUrl && { authorization_endpoint: profile.authorizationUrl }),
        },
        ...client,
      ),
    );
  },

  // With its own URLs only, nothing is known that an identity token could be checked against.
  defaultScopes: (_protocol, grant) => (grant === 'authorization_code' ? ['offline_access'] : []),

  authorizationParameters: (profile) => (profile.signInName ? { login_hint: profile.signInName } : {}),

  explain: () => null,
};

async function discover(
  issuer: string,
  client: readonly [string, undefined, ReturnType<typeof ClientSecretPost>],
) {
  try {
    return await discovery(new URL(issuer), ...client, network);
  } catch (error) {
    if (error instanceof TypeError) throw unreachable(new URL(issuer).host, error);
    throw new Problem(
      {
        code: 'oauth.metadata',
        title: 'The authority does not describe itself where it should',
        detail: issuer,
        remedy: 'Check the issuer of the profile, or give the authorization and token URLs instead.',
      },
      error,
    );
  }
}
