import type { DetailedPeerCertificate } from 'node:tls';
import type { Problem } from '../model/problem.ts';
import { openSecured } from './connect.ts';
import { tlsFailureOf } from './tls-failures.ts';
import { type Peer, quote } from './wording.ts';

/** Makers of what looks into encrypted connections, by the names that their certificates bear. */
const inspectors =
  /zscaler|fortinet|fortigate|palo ?alto|blue ?coat|umbrella|netskope|sophos|skyhigh|mcafee|forcepoint|websense|check ?point|barracuda|watchguard|sonicwall|kaspersky|\beset\b|avast|bitdefender|trend ?micro|mitmproxy|charles proxy|fiddler|portswigger|squid|untangle|smoothwall|cato networks|gateway ca|iboss|menlo|(ssl|tls|https|deep) ?inspection|inspecting|proxy|firewall/i;

const patienceMs = 5_000;
/** No chain is longer. */
const mostCertificates = 10;

/**
 * The same Problem, with the name of who signed the certificate where nobody here knows them, and whether that is
 * something which looks into connections. For it the certificates are asked for once more; nothing else is sent.
 */
export async function namingIssuer(problem: Problem, error: unknown, peer: Peer): Promise<Problem> {
  if (peer.security !== 'tls' || tlsFailureOf(error)?.mend !== 'trust') return problem;
  const names = (await issuersAt(peer)).map(quote).filter((name) => name !== '');
  const [issuer] = names;
  if (issuer === undefined) return problem;
  const inspector = names.find((name) => inspectors.test(name));
  const cause =
    inspector &&
    `The certificate is signed by “${inspector}”: a proxy or security program on the way looks into encrypted connections.`;
  const detail = `${problem.detail}; it is signed by “${names.at(-1)}”`;
  return problem.with({ detail, ...(cause !== undefined && { cause }) });
}

/** Who signed the certificates that a host shows, from its own upwards. Empty where it shows none. */
async function issuersAt(peer: Peer): Promise<string[]> {
  try {
    // Not believed, only read
    const socket = await openSecured(peer, { rejectUnauthorized: false }, { connectMs: patienceMs });
    const issuers = issuersOf(socket.getPeerCertificate(true));
    socket.destroy();
    return issuers;
  } catch {
    return [];
  }
}

function issuersOf(leaf: DetailedPeerCertificate | Record<string, never>): string[] {
  const names: string[] = [];
  let certificate: Partial<DetailedPeerCertificate> | undefined = leaf;
  while (certificate?.issuer && names.length < mostCertificates) {
    const { CN, O } = certificate.issuer;
    names.push([CN, O].flat().filter(Boolean).join(', '));
    const next: DetailedPeerCertificate | undefined = certificate.issuerCertificate;
    certificate = next === certificate ? undefined : next;
  }
  return names;
}
