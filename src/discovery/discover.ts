import type { AddressParts } from './address.ts';
import { readAddress } from './address.ts';
import { databaseHost, lookAtOwnFiles, lookInDatabase, lookInDatabaseByMx } from './autoconfig.ts';
import { conclude } from './conclude.ts';
import type { Discovery } from './discovery.ts';
import { createDns } from './dns.ts';
import { lookAtExchange } from './exchange.ts';
import type { Findings } from './findings.ts';
import { loginHosts, lookAtRealm, lookForTenant } from './microsoft-tenant.ts';
import { lookAtAutodiscoverName, lookAtMx } from './mx.ts';
import type { KnownKinds } from './servers.ts';
import { lookAtSrv } from './srv.ts';
import { createWeb } from './web.ts';

/** Where the questions go. */
export interface Internet {
  /** Name servers, `address:port` each; null for those of this machine. */
  nameServers: readonly string[] | null;
  /** The port of HTTPS. */
  httpsPort: number;
  /** How long may be looked in all, in milliseconds. */
  patienceMs: number;
}

export const theInternet: Internet = { nameServers: null, httpsPort: 443, patienceMs: 10_000 };

export interface DiscoveryParts {
  kinds: KnownKinds;
  internet: Internet;
  /** Networks in CIDR notation that the domain's own servers may be in. */
  allowPrivateAddresses: string[];
}

/** Finds the settings for a mail address; `wanted`: the protocol that mail is to be read by. */
export type Discover = (address: unknown, wanted: string | null) => Promise<Discovery>;

/**
 * Looks in the DNS, at Microsoft, in autoconfig files and in Thunderbird’s database for where a mailbox is: all at once,
 * each within its time and size. Nothing is signed in to, and nothing of what is found is connected to. What fails is
 * evidence like all else; throws only `input.invalid` for what is no address of a domain.
 */
export function createDiscover({ kinds, internet, allowPrivateAddresses }: DiscoveryParts): Discover {
  return async (given, wanted) => {
    const address = readAddress(given);
    const { nameServers, httpsPort, patienceMs } = internet;
    const signal = AbortSignal.timeout(patienceMs);
    const dns = createDns(nameServers, signal);
    const web = createWeb({
      dns,
      known: [...loginHosts, databaseHost],
      port: httpsPort,
      allowPrivateAddresses,
      longestMs: patienceMs,
      signal,
    });
    return conclude(await look(address, dns, web, kinds), wanted, kinds);
  };
}

async function look(
  address: AddressParts,
  dns: ReturnType<typeof createDns>,
  web: ReturnType<typeof createWeb>,
  { providers }: KnownKinds,
): Promise<Findings> {
  const { domain } = address;
  const mx = lookAtMx(dns, domain, providers);
  const [autodiscover, exchange, tenant, realm, ownFiles, database, databaseByMx, srv] = await Promise.all([
    lookAtAutodiscoverName(dns, domain, providers),
    lookAtExchange(web, address, providers),
    lookForTenant(
      web,
      domain,
      mx.then(({ sign }) => sign),
    ),
    lookAtRealm(web, domain),
    lookAtOwnFiles(web, address, providers),
    lookInDatabase(web, address, providers),
    mx.then((found) => lookInDatabaseByMx(web, address, found, providers)),
    lookAtSrv(dns, domain),
  ]);
  return {
    address,
    mx: await mx,
    autodiscover,
    exchange,
    tenant,
    realm,
    ownFiles,
    database,
    databaseByMx,
    srv,
  };
}
