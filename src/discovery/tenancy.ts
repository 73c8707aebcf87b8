import type { Conflict, Said, Sign } from './discovery.ts';
import type { Findings } from './findings.ts';
import { loginOf, tenantProvider } from './microsoft-tenant.ts';

/** The tenant of a domain at Microsoft, and its cloud; each null where it is not known, or not of Microsoft. */
export interface Tenancy {
  cloud: Said | null;
  tenant: (Said & { remark: string | null }) | null;
  conflict: Conflict | null;
}

const none: Tenancy = { cloud: null, tenant: null, conflict: null };

/**
 * What the tenant’s own metadata say, and the records of the domain where those say nothing. Also where no provider is
 * known: whoever chooses Microsoft then finds its tenant.
 */
export function tenancyOf({ tenant: { tenant, isNone }, address }: Findings, sign: Sign | null): Tenancy {
  if (sign && sign.provider !== tenantProvider) return none;
  const { domain } = address;
  const seen: Said | null = sign?.profile.cloud ? { value: sign.profile.cloud, from: sign.from } : null;
  if (sign?.profile.tenant)
    return { ...none, cloud: seen, tenant: { value: sign.profile.tenant, from: sign.from, remark: null } };
  const told: Said | null = tenant?.cloud ? { value: tenant.cloud, from: tenant.from } : null;
  const isOther = told && seen && loginOf(told.value) !== loginOf(seen.value);
  return {
    cloud: told ?? seen,
    tenant: tenant
      ? { value: tenant.id, from: tenant.from, remark: null }
      : sign && !isNone
        ? {
            value: domain,
            from: sign.from,
            remark: 'The domain stands for the tenant, whose ID could not be asked for.',
          }
        : null,
    conflict: isOther ? { what: 'Microsoft’s cloud', taken: told, others: [seen] } : null,
  };
}
