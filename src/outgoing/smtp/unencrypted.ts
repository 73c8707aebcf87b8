import { lookup } from 'node:dns/promises';
import { networkList } from '../../network/networks.ts';
import type { OutgoingServer } from '../../resources/outgoing-server/record.ts';
import { unencrypted } from './problems.ts';

/**
 * The address of a server that is reached without encryption: one of this machine or of a network that the
 * administrator allows. The connection is made to the very address that was looked at. Throws for any other.
 */
export async function plainAddress(server: OutgoingServer, allowed: string[]): Promise<string> {
  const networks = networkList(['127.0.0.0/8', '::1/128', ...allowed]);
  const found = await lookup(server.host, { all: true });
  const near = found.find(({ address, family }) => networks.check(address, family === 6 ? 'ipv6' : 'ipv4'));
  if (!near) throw unencrypted(server, found.map(({ address }) => address).join(', '));
  return near.address;
}
