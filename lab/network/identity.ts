import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createLabAuthority, type LabCertificates } from '../certificates.ts';

/** What a TLS server shows of itself, of which only the first is in order. */
export type Identity =
  | 'trusted'
  | 'expired'
  | 'not yet valid'
  | 'wrong name'
  | 'self-signed'
  /** Signed anew on the way, by an authority that is called like a known product that looks into connections. */
  | 'inspected'
  /** Signed by an intermediate authority whose certificate is not sent along (RFC 8446 4.4.2). */
  | 'incomplete';

/** PEM; the certificate with those that are sent along. */
export interface Credentials {
  cert: string;
  key: string;
}

const day = 24 * 3_600_000;

/** A certificate and key of this kind, for `localhost`. */
export async function makeIdentity(identity: Identity, certificates: LabCertificates): Promise<Credentials> {
  const now = Date.now();
  const own = dirname(certificates.caFile);
  const between = (from: number, to: number) =>
    certificates.issue(undefined, { notBefore: new Date(now + from), notAfter: new Date(now + to) });
  switch (identity) {
    case 'expired':
      return read(await between(-90 * day, -day));
    case 'not yet valid':
      return read(await between(day, 90 * day));
    case 'wrong name':
      return read(await certificates.issue(['mail.elsewhere.example']));
    case 'self-signed':
      return read(await certificates.selfSigned());
    case 'inspected': {
      const name = 'CN=Zscaler Root CA, O=Zscaler Inc.';
      const inspector = await createLabAuthority(join(own, 'inspector'), name);
      return read(await inspector.issue(), inspector.caPem);
    }
    case 'incomplete':
      return read(await (await certificates.intermediate('CN=Letterbox lab intermediate')).issue());
    default:
      return read(await certificates.issue());
  }
}

function read({ certFile, keyFile }: { certFile: string; keyFile: string }, chain = ''): Credentials {
  return { cert: `${readFileSync(certFile, 'utf8')}\n${chain}`, key: readFileSync(keyFile, 'utf8') };
}
