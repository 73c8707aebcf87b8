import type { AddressParts } from './address.ts';
import type { FileFinding } from './autoconfig.ts';
import type { Evidence, FoundServer, Sign } from './discovery.ts';
import type { ExchangeFinding } from './exchange.ts';
import type { TenantFinding } from './microsoft-tenant.ts';
import type { MxFinding } from './mx.ts';

/** What each source has found, before anything is concluded from it. */
export interface Findings {
  address: AddressParts;
  mx: MxFinding;
  autodiscover: { evidence: Evidence[]; sign: Sign | null };
  exchange: ExchangeFinding;
  tenant: TenantFinding;
  realm: { evidence: Evidence[] };
  ownFiles: FileFinding;
  database: FileFinding;
  databaseByMx: FileFinding;
  srv: { evidence: Evidence[]; servers: FoundServer[] };
}
