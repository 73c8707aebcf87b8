import { Problem } from '../model/problem.ts';
import { at, type Peer } from './wording.ts';

/** Of this process, as whose certificates are trusted is. Empty: whatever an administrator enters. */
let allowed: readonly string[] = [];

/** Bounds which authorities and mail servers are connected to: host names, addresses, and `*.` before a domain. */
export function allowHosts(hosts: readonly string[]): void {
  allowed = hosts.map((host) => host.toLowerCase());
}

/** Throws `….host-not-allowed` before anything is connected to that the configuration does not allow. */
export function assertAllowed(peer: Peer): void {
  const host = peer.host.toLowerCase().replace(/^\[|\]$/g, '');
  if (allowed.length === 0 || allowed.some((one) => isAllowedBy(one, host))) return;
  throw new Problem({
    code: `${peer.protocol}.host-not-allowed`,
    kind: 'conflict',
    title: 'The configuration does not allow connections to this host',
    detail: at(peer),
    cause:
      'network.allowedHosts of the configuration bounds which authorities and mail servers are connected to.',
    remedy: 'Check the host; if it is meant, let whoever runs Letterbox add it to network.allowedHosts.',
  });
}

function isAllowedBy(entry: string, host: string): boolean {
  return entry.startsWith('*.')
    ? host.endsWith(entry.slice(1)) && host.length >= entry.length
    : host === entry;
}
