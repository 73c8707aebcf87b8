import type { Provider } from 'oidc-provider';
import type { LabApp } from './apps.ts';

/** The one tenant that all personal accounts are in. */
export const personalTenant = '9188040d-6c67-4c5b-b112-36a304b66dad';

/** Accounts at these domains are personal ones; all others are of the one organisation. */
const personalDomain = /@(outlook|hotmail|live)\.[a-z.]+$/i;

export function isPersonal(account: string): boolean {
  return personalDomain.test(account);
}

/** Directory as it is named in a URL: a tenant, or a word that stands for many. */
export interface Tenant {
  name: string;
  kind: 'organisation' | 'organizations' | 'common' | 'consumers' | 'live';
}

export function tenantNamed(name: string, own: { tenant: string; domain: string }): Tenant | null {
  const lower = name.toLowerCase();
  if (lower === own.tenant || lower === own.domain) return { name, kind: 'organisation' };
  if (lower === 'consumers' || lower === personalTenant) return { name, kind: 'consumers' };
  if (lower === 'common' || lower === 'organizations' || lower === 'live') return { name, kind: lower };
  return null;
}

/** Why an app may not be used through a tenant, by its supported account types; null when it may. */
export function whyNotThrough({ kind }: Tenant, { accounts }: LabApp): number | null {
  if (kind === 'consumers' || kind === 'live')
    return accounts === 'all' || accounts === 'personal' ? null : 9002332;
  if (accounts === 'personal') return 700016;
  return kind !== 'organisation' && accounts === 'one-tenant' ? 50194 : null;
}

/** Why an account may not sign in through a tenant; null when it may. */
export function whyNotIn(kind: string, account: string, { accounts }: LabApp): number | null {
  if (!isPersonal(account)) return kind === 'consumers' || kind === 'live' ? 16000 : null;
  if (kind === 'organisation' || kind === 'organizations') return 50020;
  return accounts === 'all' || accounts === 'personal' ? null : 50020;
}

/** For the organisation, for personal accounts, and for these at login.live.com; they share what they store. */
export interface Providers {
  organisation: Provider;
  personal: Provider;
  live: Provider;
}

/** Whose tokens an account gets, through whichever tenant it was asked. */
export function providerFor({ kind }: Tenant, account: string | null, providers: Providers): Provider {
  if (kind === 'live') return providers.live;
  const personal = kind === 'consumers' || (account !== null && isPersonal(account));
  return personal ? providers.personal : providers.organisation;
}
