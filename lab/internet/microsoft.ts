import type { Site } from './sites.ts';

/** A tenant of Microsoft Entra, as its metadata tell of it. */
export interface LabTenant {
  id: string;
  /** `cloud_instance_name` */
  instance?: 'microsoftonline.com' | 'microsoftonline.us' | 'partner.microsoftonline.cn';
  /** `tenant_region_sub_scope`: GCC, DODCON (GCC High) or DOD. */
  subScope?: string;
  /** Where its people are sent to sign in; they sign in at Microsoft without. */
  federatedAt?: string;
}

/**
 * What Microsoft's login hosts answer to those who ask about a domain: the metadata of its tenant (Microsoft: OpenID
 * Connect on the Microsoft identity platform), or AADSTS90002; and its user realm, as MSAL reads it.
 */
export function microsoftLogin(tenants: Readonly<Record<string, LabTenant>>): Site {
  return (url, response) => {
    const json = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const realm = /^\/common\/userrealm\/([^/]+)$/i.exec(url.pathname);
    if (realm && url.searchParams.get('api-version') === '1.0') {
      const domain = decodeURIComponent(realm[1] ?? '').split('@')[1] ?? '';
      return json(200, userRealm(domain, tenants[domain]));
    }
    const [, domain = ''] = /^\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration$/.exec(url.pathname) ?? [];
    const tenant = tenants[domain];
    return tenant ? json(200, metadata(tenant)) : json(400, unknownTenant(domain));
  };
}

function metadata({ id, instance = 'microsoftonline.com', subScope }: LabTenant): object {
  const login = `https://login.${instance}/${id}`;
  return {
    token_endpoint: `${login}/oauth2/v2.0/token`,
    issuer: `${login}/v2.0`,
    authorization_endpoint: `${login}/oauth2/v2.0/authorize`,
    tenant_region_scope: instance === 'microsoftonline.us' ? 'USGov' : 'EU',
    ...(subScope !== undefined && { tenant_region_sub_scope: subScope }),
    cloud_instance_name: instance,
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: 'graph.microsoft.com',
  };
}

function unknownTenant(domain: string): object {
  return {
    error: 'invalid_tenant',
    error_description: `AADSTS90002: Tenant '${domain}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Trace ID: 5e9bd9d1-0b0c-4f0a-9b9f-000000000000`,
    error_codes: [90002],
    error_uri: 'https://login.microsoftonline.com/error?code=90002',
  };
}

function userRealm(domain: string, tenant: LabTenant | undefined): object {
  const cloud = {
    cloud_instance_name: 'microsoftonline.com',
    cloud_audience_urn: 'urn:federation:MicrosoftOnline',
  };
  if (!tenant) return { ver: '1.0', account_type: 'Unknown', ...cloud };
  const known = { ver: '1.0', domain_name: domain, ...cloud };
  if (tenant.federatedAt === undefined) return { ...known, account_type: 'Managed' };
  return {
    ...known,
    account_type: 'Federated',
    federation_protocol: 'WSTrust',
    federation_active_auth_url: `https://${tenant.federatedAt}/adfs/services/trust/2005/usernamemixed`,
  };
}
