import { BlockList, isIP, isIPv6 } from 'node:net';

/** Addresses, and networks in CIDR notation (RFC 4632, RFC 4291 2.3), to look addresses up in. */
export function networkList(networks: string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** Without the prefix of IPv4 in IPv6 (RFC 4291 2.5.5.2) and the zone (RFC 4007 11). */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
}

/** What counts as one address: one customer has a whole /64 of IPv6 (RFC 6177). */
export function customerNetwork(address: string): string {
  const plain = plainAddress(address);
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::');
  const before = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - before.length - (tail === '' ? 0 : tail.split(':').length);
  const groups = [...before, ...Array<string>(missing).fill('0'), ...(tail ? tail.split(':') : [])];
  return groups.slice(0, 4).join(':');
}
