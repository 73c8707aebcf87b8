import type { CredentialProfile } from '../../../resources/credential-profile/record.ts';
import { cloudNames } from './clouds.ts';

/** The one tenant that all personal accounts are in. */
const personalAccounts = '9188040d-6c67-4c5b-b112-36a304b66dad';
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The older addresses for personal accounts, at login.live.com. */
const livePath = /^\/oauth20_(authorize|token)\.srf$/;

export type EndpointFields = Pick<
  CredentialProfile,
  'cloud' | 'tenant' | 'authorizationUrl' | 'tokenUrl' | 'deviceAuthorizationUrl'
>;

export interface Endpoints {
  authorization_endpoint: string;
  token_endpoint: string;
  device_authorization_endpoint?: string;
}

/** Entra's endpoints version 2.0 of a profile: by cloud and tenant, or the URLs as they are given. */
export function endpointsOf(profile: EndpointFields): Endpoints {
  if (isLive(profile))
    return {
      authorization_endpoint: profile.authorizationUrl ?? '',
      token_endpoint: profile.tokenUrl ?? '',
    };
  const { origin, tenant } = directoryOf(profile);
  const endpoint = (name: string) => `${origin}/${tenant}/oauth2/v2.0/${name}`;
  return {
    authorization_endpoint: profile.authorizationUrl ?? endpoint('authorize'),
    token_endpoint: profile.tokenUrl ?? endpoint('token'),
    device_authorization_endpoint: profile.deviceAuthorizationUrl ?? endpoint('devicecode'),
  };
}

/**
 * The issuer of a profile's identity tokens: it has the tenant's GUID in it; null where the tenant is named by a
 * domain or stands for many, unless the authorization response named one of this cloud.
 */
export function issuerOf(profile: EndpointFields, named: string | null): string | null {
  if (isLive(profile)) return new URL(profile.tokenUrl ?? '').origin;
  const { origin, tenant } = directoryOf(profile);
  const id = tenant === 'consumers' ? personalAccounts : tenant;
  return guid.test(id) ? `${origin}/${id}/v2.0` : issuerNamed(origin, named);
}

/** The issuer of any tenant; what stands for the tenant is an identity token's `tid`. */
export function issuerTemplate(profile: EndpointFields): string {
  return `${directoryOf(profile).origin}/{tenantid}/v2.0`;
}

/** Where an administrator consents for everybody (Microsoft: admin consent); `common` cannot be used there. */
export function adminConsentEndpoint(profile: EndpointFields): string | null {
  if (isOfPersonalAccounts(profile)) return null;
  const { origin, tenant } = directoryOf(profile);
  return `${origin}/${tenant === 'common' ? 'organizations' : tenant}/v2.0/adminconsent`;
}

/** The ID of a profile's one tenant; null where it is named by a domain or stands for many. */
export function tenantIdOf(profile: EndpointFields): string | null {
  const { tenant } = directoryOf(profile);
  return guid.test(tenant) ? tenant : null;
}

export function isOfPersonalAccounts(profile: EndpointFields): boolean {
  return isLive(profile) || ['consumers', personalAccounts].includes(directoryOf(profile).tenant);
}

/** Hosts at which Microsoft gives tokens, beside those of the clouds: older names of theirs, and that of personal accounts. */
const otherLogins = ['login.live.com', 'login.microsoft.com', 'login.windows.net', 'login.chinacloudapi.cn'];

/** Whether the tokens of a profile are Microsoft's, and not those of another authority with such addresses. */
export function isOfMicrosoft({ tenant, tokenUrl }: Pick<EndpointFields, 'tenant' | 'tokenUrl'>): boolean {
  if (tenant !== null || tokenUrl === null) return true;
  const { host, origin } = new URL(tokenUrl);
  return otherLogins.includes(host) || Object.values(cloudNames).some(({ login }) => login === origin);
}

/** Whether a URL is one of login.live.com's. */
export function isLiveUrl(url: string): boolean {
  return livePath.test(new URL(url).pathname);
}

function isLive({ tokenUrl }: EndpointFields): boolean {
  return tokenUrl !== null && isLiveUrl(tokenUrl);
}

/** The cloud's login host and the tenant, also where only the URLs were given. */
function directoryOf({ cloud, tenant, tokenUrl }: EndpointFields): { origin: string; tenant: string } {
  if (tenant !== null) return { origin: cloudNames[cloud].login, tenant: tenant.toLowerCase() };
  const url = new URL(tokenUrl ?? '');
  return { origin: url.origin, tenant: url.pathname.split('/')[1]?.toLowerCase() ?? '' };
}

function issuerNamed(origin: string, named: string | null): string | null {
  const [, id = ''] = named?.startsWith(`${origin}/`) ? new URL(named).pathname.split('/') : [];
  return guid.test(id) && named === `${origin}/${id}/v2.0` ? named : null;
}
