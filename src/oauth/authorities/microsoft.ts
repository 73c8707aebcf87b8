import { ClientSecretPost, Configuration, discovery } from 'openid-client';
import type { CredentialProfile } from '../../model/credential-profile.ts';
import { invalidInput, Problem } from '../../model/problem.ts';
import type { Authority } from '../authority.ts';
import { fetchJson, network, withNetwork } from '../network.ts';
import { explainMicrosoft } from './microsoft-errors.ts';

const worldwide = 'https://login.microsoftonline.com';
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Tenants that stand for many: their issuer is a template with `{tenantid}`. */
const manyTenants = ['common', 'organizations'];
const personalAccounts = '9188040d-6c67-4c5b-b112-36a304b66dad';

/** Delegated and application scopes by protocol (Microsoft: Authenticate an IMAP, POP or SMTP connection using OAuth). */
const scopes = {
  imap: {
    authorization_code: [
      'https://outlook.office.com/IMAP.AccessAsUser.All',
      'offline_access',
      'openid',
      'profile',
      'email',
    ],
    client_credentials: ['https://outlook.office365.com/.default'],
  },
};

/** Microsoft Entra ID, endpoints version 2.0. */
export const microsoft: Authority = {
  async configuration(profile, clientSecret) {
    const { origin, tenant } = tenantOf(profile);
    const client = [profile.clientId, undefined, ClientSecretPost(clientSecret)] as const;
    if (manyTenants.includes(tenant)) {
      if (origin !== worldwide)
        throw invalidInput([
          { field: 'tenant', expected: 'a tenant ID; this cloud needs one', given: tenant },
        ]);
      return withNetwork(await discovery(new URL(`${origin}/${tenant}/v2.0`), ...client, network));
    }
    const base = `${origin}/${tenant}`;
    return withNetwork(
      new Configuration(
        {
          issuer: await issuerOf(origin, tenant),
          authorization_endpoint: profile.authorizationUrl ?? `${base}/oauth2/v2.0/authorize`,
          token_endpoint: profile.tokenUrl ?? `${base}/oauth2/v2.0/token`,
          jwks_uri: `${base}/discovery/v2.0/keys`,
        },
        ...client,
      ),
    );
  },

  defaultScopes: (protocol, grant) => scopes[protocol][grant],

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
  const url = new URL(profile.tokenUrl ?? profile.authorizationUrl ?? worldwide);
  return { origin: url.origin, tenant: decodeURIComponent(url.pathname.split('/')[1] ?? '').toLowerCase() };
}

/** The issuer has the tenant's GUID in it, also where the tenant was named by its domain. */
async function issuerOf(origin: string, tenant: string): Promise<string> {
  if (guid.test(tenant)) return `${origin}/${tenant}/v2.0`;
  if (tenant === 'consumers') return `${origin}/${personalAccounts}/v2.0`;
  const metadata = await fetchJson(new URL(`${origin}/${tenant}/v2.0/.well-known/openid-configuration`));
  const issuer = String(metadata.issuer);
  const [, named] = /^https:\/\/[^/]+\/([^/]+)\/v2\.0$/.exec(issuer) ?? [];
  if (new URL(issuer).origin === origin && named && guid.test(named)) return issuer;
  throw new Problem({
    code: 'oauth.metadata',
    title: 'The authority does not describe the tenant as Entra ID does',
    detail: `issuer ${issuer}`,
    remedy: 'Give the tenant ID (a GUID) instead of the domain.',
  });
}
