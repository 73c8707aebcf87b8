import { Problem } from '../model/problem.ts';
import { type HostList, hostList } from './host-list.ts';
import { at, type Peer } from './wording.ts';

/** Of this process, as whose certificates are trusted is. Null: whatever an administrator enters. */
let allowed: HostList | null = null;

/** Bounds which authorities and mail servers are connected to; by nothing where there are no hosts. */
export function allowHosts(hosts: readonly string[]): void {
  allowed = hosts.length === 0 ? null : hostList(hosts);
}

/** Throws `….host-not-allowed` before anything is connected to that the configuration does not allow. */
export function assertAllowed(peer: Peer): void {
  if (isHostAllowed(peer.host)) return;
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

/** Whether the configuration lets a host be connected to. */
export function isHostAllowed(host: string): boolean {
  return allowed?.(host) ?? true;
}
