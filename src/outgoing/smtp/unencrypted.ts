import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { networkList } from '../../network/networks.ts';
import type { OutgoingServer } from '../../resources/outgoing-server/record.ts';
import { unencrypted } from './problems.ts';

/**
 * Resolves the name of a server that is reached without encryption to an address of this machine or of a network that the
 * administrator allows: the connection is made to the very address that was looked at. Fails for any other.
 */
export function lookupNear(server: OutgoingServer, allowed: string[]): LookupFunction {
  const networks = networkList(['127.0.0.0/8', '::1/128', ...allowed]);
  return (hostname, { all }, callback) => {
    lookup(hostname, { all: true }).then(
      (found) => {
        const near = found.find(({ address, family }) =>
          networks.check(address, family === 6 ? 'ipv6' : 'ipv4'),
        );
        if (!near) callback(unencrypted(server, found.map(({ address }) => address).join(', ')), []);
        else if (all) callback(null, [near]);
        else callback(null, near.address, near.family);
      },
      (error) => callback(error, []),
    );
  };
}
