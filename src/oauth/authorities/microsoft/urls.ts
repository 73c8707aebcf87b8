import type { FieldProblem } from '../../../model/problem.ts';
import type { CredentialProfile } from '../../../resources/credential-profile/record.ts';
import { cloudNames } from './clouds.ts';
import { isLiveUrl } from './endpoints.ts';

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const domain = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/i;

/** Stand for many tenants; an app by itself has to name one. */
export const manyTenants = ['common', 'organizations', 'consumers'];

export function isGuid(text: string): boolean {
  return guid.test(text);
}

export function isTenant(name: string): boolean {
  return guid.test(name) || domain.test(name) || manyTenants.includes(name.toLowerCase());
}

/** The tenant that one of Entra's URLs names; null where it is no such URL. */
export function directoryNamed(url: string | null): string | null {
  return url === null ? null : (pathOf(url)?.tenant ?? null);
}

/** `https://{login}/{tenant}/oauth2/v2.0/{endpoint}` */
function pathOf(url: string): { tenant: string; version: string; endpoint: string } | null {
  const [, tenant = '', version = '', endpoint = ''] =
    /^\/([^/]+)\/oauth2\/(v2\.0\/)?(authorize|token|devicecode)\/?$/.exec(new URL(url).pathname) ?? [];
  return endpoint === '' ? null : { tenant, version, endpoint };
}

/** URLs as they are copied from *Endpoints* in Azure, or those of login.live.com; each its own, and all of one tenant. */
export function urlContradictions(fields: CredentialProfile): FieldProblem[] {
  const urls = [
    { field: 'authorizationUrl', url: fields.authorizationUrl, endpoint: 'authorize' },
    { field: 'tokenUrl', url: fields.tokenUrl, endpoint: 'token' },
    { field: 'deviceAuthorizationUrl', url: fields.deviceAuthorizationUrl, endpoint: 'devicecode' },
  ].flatMap(({ url, ...rest }) => (url === null ? [] : [{ url, ...rest }]));
  if (urls.some(({ url }) => isLiveUrl(url))) return liveContradictions(urls, fields);
  const found = urls.flatMap(({ field, url, endpoint }) => wrongEndpoint(field, url, endpoint));
  const [first, ...others] = urls;
  if (found.length > 0 || !first) return found;
  const place = (url: string) => `${new URL(url).origin}/${pathOf(url)?.tenant.toLowerCase()}`;
  return [
    ...others
      .filter(({ url }) => place(url) !== place(first.url))
      .map(({ field, url }) => ({
        field,
        expected: `the same host and tenant as the ${first.endpoint === 'authorize' ? 'authorization' : 'token'} URL, ${place(first.url)}`,
        given: url,
      })),
    ...otherCloud(fields.cloud, first.url),
  ];
}

function wrongEndpoint(field: string, url: string, endpoint: string): FieldProblem[] {
  const path = pathOf(url);
  if (path?.endpoint !== endpoint || !isTenant(path.tenant))
    return [
      { field, expected: `https://login.microsoftonline.com/{tenant}/oauth2/v2.0/${endpoint}`, given: url },
    ];
  if (path.version !== '') return [];
  return [
    {
      field,
      expected: `the endpoint (v2), …/oauth2/v2.0/${endpoint}; this is the one of version 1, which has no scopes`,
      given: url,
    },
  ];
}

/** A login host that is known to be another cloud's: scopes and mail hosts would be the wrong ones. */
function otherCloud(cloud: CredentialProfile['cloud'], url: string): FieldProblem[] {
  const { origin } = new URL(url);
  const its = Object.entries(cloudNames).filter(([, { login }]) => login === origin);
  if (its.length === 0 || its.some(([name]) => name === cloud)) return [];
  const names = its.map(([name]) => name).join(' or ');
  return [{ field: 'cloud', expected: `${names}, as ${new URL(url).host} is theirs`, given: cloud }];
}

/** login.live.com has no app-only tokens, and its device codes are not documented. */
function liveContradictions(
  urls: { field: string; url: string; endpoint: string }[],
  { grant }: CredentialProfile,
): FieldProblem[] {
  const found: FieldProblem[] = [];
  for (const { field, url, endpoint } of urls)
    if (new URL(url).pathname !== `/oauth20_${endpoint}.srf`)
      found.push({ field, expected: `https://login.live.com/oauth20_${endpoint}.srf`, given: url });
  if (grant !== 'authorization_code')
    found.push({
      field: 'grant',
      expected:
        'authorization_code with the URLs of login.live.com; for device codes enter consumers as the tenant',
      given: grant,
    });
  return found;
}
