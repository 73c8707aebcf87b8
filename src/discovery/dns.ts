import type { LookupAddress, MxRecord, SrvRecord } from 'node:dns';
import { Resolver } from 'node:dns/promises';

/** What the DNS has of one kind for a name. `why` is in plain words. */
export type DnsAnswer<T> =
  | { state: 'found'; records: T[] }
  | { state: 'nothing'; why: string; isName: boolean }
  | { state: 'failed'; why: string };

export interface Dns {
  mx(name: string): Promise<DnsAnswer<MxRecord>>;
  srv(name: string): Promise<DnsAnswer<SrvRecord>>;
  cname(name: string): Promise<DnsAnswer<string>>;
  /** Every address, for connections. Throws an error with Node's code. */
  addresses(name: string): Promise<LookupAddress[]>;
}

const tryMs = 2_000;
const tries = 2;
/** An answer may have thousands; nobody means so many. */
const mostRecords = 20;

/**
 * Asks name servers, `address:port` each, or those of this machine. It takes none of the few threads that names of all
 * other connections are looked up in, so that silent name servers of one domain hold up nobody. Whatever is under way
 * when the signal comes fails.
 */
export function createDns(nameServers: readonly string[] | null, signal: AbortSignal): Dns {
  const resolver = new Resolver({ timeout: tryMs, tries });
  if (nameServers) resolver.setServers(nameServers);
  signal.addEventListener('abort', () => resolver.cancel(), { once: true });

  async function ask<T>(question: () => Promise<T[]>): Promise<DnsAnswer<T>> {
    try {
      signal.throwIfAborted();
      return { state: 'found', records: (await question()).slice(0, mostRecords) };
    } catch (error) {
      const { code } = error as { code?: string };
      if (!isNothing(code)) return { state: 'failed', why: whyFailed(code) };
      const isName = code !== 'ENOTFOUND';
      return {
        state: 'nothing',
        why: isName ? 'there is no such record' : 'the name is not in the DNS',
        isName,
      };
    }
  }

  return {
    mx: (name) => ask(() => resolver.resolveMx(name)),
    srv: (name) => ask(() => resolver.resolveSrv(name)),
    cname: (name) => ask(() => resolver.resolveCname(name)),
    async addresses(name) {
      signal.throwIfAborted();
      const asked = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
      const found = asked.flatMap((one, index) =>
        one.status === 'fulfilled'
          ? one.value.map((address) => ({ address, family: index === 0 ? 4 : 6 }))
          : [],
      );
      const failed = asked.find((one) => one.status === 'rejected' && !isNothing(one.reason.code));
      const [first] = asked;
      if (found.length === 0)
        throw ((failed ?? first) as PromiseRejectedResult | undefined)?.reason ?? new Error('no address');
      return found;
    },
  };
}

function isNothing(code: string | undefined): boolean {
  return code === 'ENOTFOUND' || code === 'ENODATA';
}

const failures: Record<string, string> = {
  ESERVFAIL: 'its name servers do not answer as they should (SERVFAIL)',
  EREFUSED: 'the name server refuses to answer',
  ETIMEOUT: 'the name server does not answer',
  ECONNREFUSED: 'no name server can be reached',
  ECANCELLED: 'no answer in time',
};

function whyFailed(code: string | undefined): string {
  return failures[code ?? ''] ?? (code ? `the DNS answers with ${code}` : 'no answer in time');
}
