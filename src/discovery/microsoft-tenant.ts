import { z } from 'zod';
import type { Cloud } from '../model/microsoft-hosts.ts';
import { quote } from '../network/wording.ts';
import { cloudNames } from '../oauth/authorities/microsoft/clouds.ts';
import { isGuid } from '../oauth/authorities/microsoft/urls.ts';
import type { Evidence, Sign } from './discovery.ts';
import { type Web, whyNot } from './web.ts';

/** A tenant of Microsoft Entra that a domain is verified in. */
export interface Tenant {
  /** A GUID; `consumers` for personal accounts. */
  id: string;
  /** Null where it is in none that is known. */
  cloud: Cloud | null;
  from: string;
}

export interface TenantFinding {
  evidence: Evidence[];
  tenant: Tenant | null;
  /** Whether Microsoft has answered that there is none. */
  isNone: boolean;
}

/** Whose profiles name a tenant. */
export const tenantProvider = 'microsoft';

/** Where Microsoft is asked, in any cloud. */
export const loginHosts: readonly string[] = Object.values(cloudNames).map(
  ({ login }) => new URL(login).host,
);

const worldwide = cloudNames.worldwide.login;

/**
 * Asks for the metadata of the tenant that a domain is verified in (Microsoft: OpenID Connect on the identity platform,
 * fetch the configuration document). The worldwide login host knows the tenants of the US Government’s clouds as well;
 * that of another cloud is asked only where the domain’s mail is there. Only the domain is told.
 */
export async function lookForTenant(
  web: Web,
  domain: string,
  sign: Promise<Sign | null>,
): Promise<TenantFinding> {
  const [first, signed] = await Promise.all([ask(web, worldwide, domain), sign]);
  const login = loginOf(signed?.profile.cloud ?? null);
  if (login === worldwide || loginOf(first.tenant?.cloud ?? null) === login) return first;
  const second = await ask(web, login, domain);
  const decided = second.tenant ? second : first;
  return { ...decided, evidence: [...first.evidence, ...second.evidence] };
}

/** GCC High and DoD have the same one. */
export function loginOf(cloud: string | null): string {
  return cloudNames[cloud as Cloud]?.login ?? worldwide;
}

const metadata = z.object({
  issuer: z.string(),
  cloud_instance_name: z.string().nullish(),
  tenant_region_sub_scope: z.string().nullish(),
});
const refusal = z.object({ error: z.string(), error_description: z.string().default('') });

async function ask(web: Web, login: string, domain: string): Promise<TenantFinding> {
  const { host } = new URL(login);
  const from = `tenant discovery at ${host}`;
  const tell = (state: Evidence['state'], detail: string, tenant: Tenant | null = null): TenantFinding => ({
    evidence: [{ from, state, detail }],
    tenant,
    isNone: state === 'nothing',
  });
  try {
    const { status, text } = await web.get(metadataUrl(login, domain));
    if (status === 400) {
      const { error, error_description: said } = refusal.parse(JSON.parse(text));
      const isNone = error === 'invalid_tenant' || said.includes('AADSTS90002');
      return isNone
        ? tell('nothing', `Microsoft knows no tenant with ${domain}`)
        : tell('failed', quote(said));
    }
    if (status !== 200) return tell('failed', `it answers with status ${status}`);
    const read = metadata.parse(JSON.parse(text));
    const id = tenantIn(read.issuer);
    if (id === null) return tell('failed', `its issuer names no tenant: ${quote(read.issuer)}`);
    const cloud = cloudOf(read.cloud_instance_name ?? '', read.tenant_region_sub_scope ?? '');
    return tell('found', `tenant ${id}, cloud ${cloud ?? 'unknown'}`, { id, cloud, from });
  } catch (error) {
    return tell('failed', whyNot(error, host) ?? 'the name is not in the DNS');
  }
}

function metadataUrl(login: string, domain: string): URL {
  return new URL(`/${domain}/v2.0/.well-known/openid-configuration`, login);
}

/** That of every personal account, and the one that their mailboxes are in. */
const personal = ['9188040d-6c67-4c5b-b112-36a304b66dad', '84df9e7f-e9f6-40af-b435-aaaaaaaaaaaa'];

/** The tenant in `https://{login}/{id}/v2.0`. */
function tenantIn(issuer: string): string | null {
  const id = URL.canParse(issuer) ? (new URL(issuer).pathname.split('/')[1] ?? '').toLowerCase() : '';
  if (personal.includes(id)) return 'consumers';
  return isGuid(id) ? id : null;
}

/** `cloud_instance_name` is a domain of the cloud’s login host; GCC High and DoD share one and differ in the sub-scope. */
function cloudOf(instance: string, subScope: string): Cloud | null {
  if (instance === 'microsoftonline.us')
    return subScope === 'DOD' ? 'us-government-dod' : 'us-government-high';
  const clouds: Record<string, Cloud> = {
    'microsoftonline.com': 'worldwide',
    'partner.microsoftonline.cn': 'china',
    'chinacloudapi.cn': 'china',
  };
  return clouds[instance] ?? null;
}

const realm = z.object({
  account_type: z.string(),
  federation_active_auth_url: z.string().nullish(),
});

/**
 * Whether people of a domain sign in at Microsoft or are sent on: the realm, as Microsoft’s own libraries ask for it
 * (MSAL: user realm discovery). It goes by the domain; who is asked about is nobody, as the address is none of theirs.
 */
export async function lookAtRealm(web: Web, domain: string): Promise<{ evidence: Evidence[] }> {
  const { host } = new URL(worldwide);
  const from = `user realm at ${host}`;
  const tell = (state: Evidence['state'], detail: string) => ({ evidence: [{ from, state, detail }] });
  try {
    const url = new URL(`/common/userrealm/${encodeURIComponent(`nobody@${domain}`)}`, worldwide);
    url.searchParams.set('api-version', '1.0');
    const { status, text } = await web.get(url);
    if (status !== 200) return tell('failed', `it answers with status ${status}`);
    const { account_type: type, federation_active_auth_url: signIn } = realm.parse(JSON.parse(text));
    if (/^managed$/i.test(type)) return tell('found', 'managed: its people sign in at Microsoft');
    if (/^federated$/i.test(type)) {
      const at = signIn && URL.canParse(signIn) ? ` at ${quote(new URL(signIn).host)}` : ' elsewhere';
      return tell('found', `federated: its people sign in${at}`);
    }
    return tell('nothing', 'Microsoft does not know the domain');
  } catch (error) {
    return tell('failed', whyNot(error, host) ?? 'the name is not in the DNS');
  }
}
