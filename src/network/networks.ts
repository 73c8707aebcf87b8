import { BlockList, isIP } from 'node:net';

/** Networks in CIDR notation (RFC 4632, RFC 4291 2.3), to look addresses up in. */
export function networkList(networks: string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
