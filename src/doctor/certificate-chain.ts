import type { DetailedPeerCertificate } from 'node:tls';

/** A certificate that the other side showed. */
export interface ShownCertificate {
  name: string;
  issuer: string;
  validTo: Date;
}

/** No chain is longer. */
const mostCertificates = 10;

/** The certificates as they were shown, the server’s own first. */
export function chainOf(leaf: DetailedPeerCertificate): ShownCertificate[] {
  const chain: ShownCertificate[] = [];
  let next: DetailedPeerCertificate | undefined = leaf;
  while (next?.subject && chain.length < mostCertificates) {
    chain.push({
      name: nameOf(next.subject),
      issuer: nameOf(next.issuer),
      validTo: new Date(next.valid_to),
    });
    next = next.issuerCertificate === next ? undefined : next.issuerCertificate;
  }
  return chain;
}

function nameOf({ CN, O }: Partial<Record<'CN' | 'O', string | string[]>> = {}): string {
  return [CN ?? O ?? ''].flat().join(', ');
}
