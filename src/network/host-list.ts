import { isIP } from 'node:net';
import { networkList, plainAddress } from './networks.ts';

/** Whether a host is in the list. A name is not resolved for that. */
export type HostList = (host: string) => boolean;

/** Of host names, `*.` before a domain for all below it, addresses and networks. */
export function hostList(entries: readonly string[]): HostList {
  const [numeric, named] = [true, false].map((isNumeric) =>
    entries.filter((entry) => isIP(entry.split('/')[0] ?? '') > 0 === isNumeric),
  ) as [string[], string[]];
  const networks = networkList(numeric);
  const names = named.map((name) => name.toLowerCase());
  return (host) => {
    const plain = plainHost(host);
    const family = isIP(plainAddress(plain));
    if (family > 0) return networks.check(plainAddress(plain), family === 6 ? 'ipv6' : 'ipv4');
    return names.some((name) =>
      name.startsWith('*.') ? plain.endsWith(name.slice(1)) && plain.length >= name.length : plain === name,
    );
  };
}

/** As names are compared: in small letters, without the brackets of a URL and the dot of the root (RFC 1034 3.1). */
function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}
