import type { CredentialProfile } from '../model/credential-profile.ts';
import type { FieldProblem } from '../model/problem.ts';

type Fields = Pick<
  CredentialProfile,
  'grant' | 'tenant' | 'authorizationUrl' | 'tokenUrl' | 'clientId' | 'scopes'
>;

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const domain = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/i;
/** Stand for many tenants; an app by itself has to name one. */
const manyTenants = ['common', 'organizations', 'consumers'];
/** Scopes of OpenID Connect, which belong to no resource. */
const identityScopes = ['openid', 'profile', 'email', 'offline_access'];

/** What Entra would refuse, far from the cause; told while the administrator still looks at the form. */
export function microsoftContradictions(fields: Fields, clientSecret: string | undefined): FieldProblem[] {
  const found = [...endpointProblems(fields), ...tenantProblems(fields), ...scopeProblems(fields)];
  if (!guid.test(fields.clientId))
    found.push({
      field: 'clientId',
      expected: 'the Application (client) ID, a GUID',
      given: fields.clientId,
    });
  if (clientSecret !== undefined && guid.test(clientSecret.trim()))
    found.push({
      field: 'clientSecret',
      expected:
        'the secret’s Value; this is its Secret ID (in Azure both stand side by side under Certificates & secrets)',
    });
  return found;
}

function tenantProblems({ tenant, tokenUrl, grant }: Fields): FieldProblem[] {
  if (tenant !== null && !isTenant(tenant))
    return [
      {
        field: 'tenant',
        expected: 'a tenant ID (a GUID) or a verified domain such as contoso.com',
        given: tenant,
      },
    ];
  const named = (tenant ?? pathOf(tokenUrl)?.tenant ?? '').toLowerCase();
  if (grant === 'authorization_code' || !manyTenants.includes(named)) return [];
  return [
    {
      field: tenant === null ? 'tokenUrl' : 'tenant',
      expected: 'one tenant; an app by itself cannot use many',
      given: tenant ?? tokenUrl ?? '',
    },
  ];
}

function isTenant(name: string): boolean {
  return guid.test(name) || domain.test(name) || manyTenants.includes(name.toLowerCase());
}

/** `https://{login}/{tenant}/oauth2/v2.0/{endpoint}` */
function pathOf(url: string | null): { tenant: string; version: string; endpoint: string } | null {
  if (url === null) return null;
  const [, tenant = '', version = '', endpoint = ''] =
    /^\/([^/]+)\/oauth2\/(v2\.0\/)?(authorize|token)\/?$/.exec(new URL(url).pathname) ?? [];
  return endpoint === '' ? null : { tenant, version, endpoint };
}

function endpointProblems({ authorizationUrl, tokenUrl }: Fields): FieldProblem[] {
  const urls = [
    { field: 'authorizationUrl', url: authorizationUrl, endpoint: 'authorize' },
    { field: 'tokenUrl', url: tokenUrl, endpoint: 'token' },
  ].filter(({ url }) => url !== null);
  const found = urls.flatMap(({ field, url, endpoint }) => {
    const path = pathOf(url);
    if (path?.endpoint !== endpoint || !isTenant(path.tenant))
      return [
        {
          field,
          expected: `https://login.microsoftonline.com/{tenant}/oauth2/v2.0/${endpoint}`,
          given: `${url}`,
        },
      ];
    if (path.version === '')
      return [
        {
          field,
          expected: `the endpoint (v2), …/oauth2/v2.0/${endpoint}; this is the one of version 1, which has no scopes`,
          given: `${url}`,
        },
      ];
    return [];
  });
  if (found.length > 0 || authorizationUrl === null || tokenUrl === null) return found;
  const [one, other] = [authorizationUrl, tokenUrl].map(
    (url) => `${new URL(url).origin}/${pathOf(url)?.tenant.toLowerCase()}`,
  );
  return one === other
    ? []
    : [
        {
          field: 'tokenUrl',
          expected: `the same host and tenant as the authorization URL, ${one}`,
          given: tokenUrl,
        },
      ];
}

/** A token is for one resource: Entra refuses scopes of two in one request (P11). */
function scopeProblems({ grant, scopes }: Fields): FieldProblem[] {
  if (scopes.length === 0) return [];
  const ofResources = scopes.filter((scope) => !identityScopes.includes(scope));
  const resources = new Set(ofResources.map(resourceOf));
  if (resources.size > 1)
    return [
      {
        field: 'scopes',
        expected: 'scopes of one resource; a token is for one only',
        given: [...resources].join(' and '),
      },
    ];
  const given = scopes.join(' ');
  if (grant === 'client_credentials')
    return scopes.length === 1 && given.endsWith('/.default')
      ? []
      : [
          {
            field: 'scopes',
            expected: 'one scope that ends in /.default, as the app’s permissions are consented to in Azure',
            given,
          },
        ];
  // P5: it would be noticed at Connect, or worse, an hour later.
  return scopes.includes('offline_access')
    ? []
    : [
        {
          field: 'scopes',
          expected: 'offline_access among them; without it the consent ends within the hour',
          given,
        },
      ];
}

/** A scope without a resource is Microsoft Graph's; Exchange Online answers to two names. */
function resourceOf(scope: string): string {
  if (!URL.canParse(scope)) return 'graph.microsoft.com';
  return new URL(scope).host.replace(/^outlook\.office365\.com$/, 'outlook.office.com');
}
