import type { LookupAddress } from 'node:dns';
import { lookup as resolveHost } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import type { Problem } from '../model/problem.ts';
import { networkList } from './networks.ts';

/** Networks that are nobody's on the open Internet (IANA special-purpose registries, RFC 6890 and its updates). */
const special = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '::/96',
  // IPv4-translated (RFC 2765 2.1), which no registry names
  '::ffff:0:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/63',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

/** Decides what may be connected to where a stranger names the host: public addresses, and what is allowed beside them. */
export interface AddressGuard {
  /** Throws the refusal for an address literal that is not allowed; host names are seen when resolved. */
  assertHost(hostname: string): void;
  /** Resolves and checks in one: the connection is made to the very address that was checked (no rebinding). */
  lookup: LookupFunction;
}

/** Every address of a host name. Throws as `dns.lookup` does. */
export type Resolve = (hostname: string, options: { all: true }) => Promise<LookupAddress[]>;

/** `allowed`: private networks that are meant; `refusal`: what is thrown for all others, with what was refused. */
export function createAddressGuard(
  allowed: string[],
  refusal: (detail: string) => Problem,
  resolve: Resolve = resolveHost,
): AddressGuard {
  const blocked = networkList(special);
  const exceptions = networkList(allowed);
  const underWay = new Map<string, Promise<LookupAddress[]>>();

  /** An IPv4 address written as IPv6 (RFC 4291 2.5.5.2) is judged as what it is: so does `BlockList`. */
  function isAllowed(address: string): boolean {
    const plain = address.replace(/%.*$/, '');
    const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
    if (exceptions.check(plain, family)) return true;
    const inside = family === 'ipv6' ? isatapAddress(plain) : null;
    return !blocked.check(plain, family) && (inside === null || isAllowed(inside));
  }

  /**
   * Whoever asks while a name is being resolved waits for the same answer: getaddrinfo has few threads, which all
   * connections of this process share, and a name whose servers are silent must not take them all.
   */
  function resolveOnce(hostname: string): Promise<LookupAddress[]> {
    const asked = underWay.get(hostname);
    if (asked) return asked;
    const answer = resolve(hostname, { all: true }).finally(() => underWay.delete(hostname));
    underWay.set(hostname, answer);
    return answer;
  }

  return {
    assertHost(hostname) {
      const literal = hostname.replace(/^\[|\]$/g, '');
      if (isIP(literal) && !isAllowed(literal)) throw refusal(literal);
    },
    lookup(hostname, options, callback) {
      resolveOnce(hostname).then(
        (found) => {
          const refused = found.find(({ address }) => !isAllowed(address));
          if (refused) callback(refusal(`${hostname} is ${refused.address}`), []);
          else if (options.all) callback(null, found);
          else callback(null, found[0]?.address ?? '', found[0]?.family);
        },
        (error) => callback(error, []),
      );
    },
  };
}

/** The IPv4 address that an ISATAP interface identifier leads to, under whatever prefix (RFC 5214 6.1); null for none. */
function isatapAddress(address: string): string | null {
  // In the form that every URL has: hexadecimal throughout, one run of zeros left out
  const [head = '', tail = ''] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::');
  const [before, after] = [head, tail].map((half) => half.split(':').filter(Boolean)) as [string[], string[]];
  const groups = [...before, ...Array(8 - before.length - after.length).fill('0'), ...after];
  const [u, isatap, high, low] = groups.slice(4).map((group) => Number.parseInt(group, 16)) as number[];
  if (isatap !== 0x5efe || (u !== 0 && u !== 0x200)) return null;
  const bytes = [high, low].flatMap((group = 0) => [group >> 8, group & 255]);
  return bytes.join('.');
}
