import { type ClientAuth, Configuration, customFetch, discovery, type ServerMetadata } from 'openid-client';
import type { CredentialProfile } from '../../model/credential-profile.ts';
import type { Authority } from '../authority.ts';
import { authenticateBySecret } from '../client-auth/client-secret.ts';
import { withNetwork } from '../network.ts';
import { explainMicrosoft } from './microsoft-errors.ts';

/** The login host of the worldwide cloud; those of other clouds come with the two URLs. */
const worldwide = 'https://login.microsoftonline.com';
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The one tenant that all personal accounts are in. */
const personalAccounts = '9188040d-6c67-4c5b-b112-36a304b66dad';

/** Microsoft Entra ID, endpoints version 2.0. */
export const microsoft: Authority = {
  async configuration(profile, clientSecret, named) {
    const { origin, tenant } = tenantOf(profile);
    const endpoints = {
      authorization_endpoint: profile.authorizationUrl ?? `${origin}/${tenant}/oauth2/v2.0/authorize`,
      token_endpoint: profile.tokenUrl ?? `${origin}/${tenant}/oauth2/v2.0/token`,
    };
    const issuer = issuerOf(origin, tenant) ?? issuerNamed(origin, named);
    const authentication = authenticateBySecret(clientSecret);
    return withNetwork(
      issuer === null
        ? await withIssuerOfToken(
            { ...endpoints, issuer: `${origin}/{tenantid}/v2.0` },
            profile,
            authentication,
          )
        : new Configuration({ ...endpoints, issuer }, profile.clientId, undefined, authentication),
    );
  },

  defaultScopes: ({ grant }) =>
    grant === 'client_credentials'
      ? ['https://outlook.office365.com/.default']
      : ['https://outlook.office.com/IMAP.AccessAsUser.All', 'offline_access', 'openid', 'profile', 'email'],

  // The account is chosen each time: the browser may be signed in as somebody else (P8). Never
  // prompt=consent, which locks out tenants where only administrators may consent (P7).
  authorizationParameters: (profile) => ({
    prompt: 'select_account',
    ...(profile.signInName && { login_hint: profile.signInName }),
  }),

  explain: explainMicrosoft,
};

/** The cloud and tenant of a profile, also where only the two URLs were given. */
function tenantOf(profile: CredentialProfile): { origin: string; tenant: string } {
  if (profile.tenant !== null) return { origin: worldwide, tenant: profile.tenant.toLowerCase() };
  const url = new URL(profile.tokenUrl ?? '');
  return { origin: url.origin, tenant: url.pathname.split('/')[1]?.toLowerCase() ?? '' };
}

/** The issuer has the tenant's GUID in it; null where the tenant is named by a domain or stands for many. */
function issuerOf(origin: string, tenant: string): string | null {
  const id = tenant === 'consumers' ? personalAccounts : tenant;
  return guid.test(id) ? `${origin}/${id}/v2.0` : null;
}

/** The issuer that the authorization response named, if it is a tenant of this cloud. */
function issuerNamed(origin: string, named: string | null): string | null {
  const [, id = ''] = named?.startsWith(`${origin}/`) ? new URL(named).pathname.split('/') : [];
  return guid.test(id) && named === `${origin}/${id}/v2.0` ? named : null;
}

/**
 * The issuer to expect is the template with the identity token's `tid` put in. openid-client does that for
 * what it discovered at the worldwide host; so it is made to discover there what is known already.
 */
function withIssuerOfToken(
  metadata: ServerMetadata,
  profile: CredentialProfile,
  authentication: ClientAuth,
): Promise<Configuration> {
  return discovery(new URL(`${worldwide}/common/v2.0`), profile.clientId, undefined, authentication, {
    [customFetch]: async () => Response.json(metadata),
  });
}
