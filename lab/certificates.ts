import { webcrypto } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

/**
 * A private certificate authority for tests and the demo: stands in for the organisation's own one.
 * ECDSA P-256, valid for a month; certificates name host names and addresses (RFC 5280 4.2.1.6).
 */
export interface LabCertificates {
  caFile: string;
  caPem: string;
  /** A server certificate for these names, and its key, as PEM files. */
  issue(names?: string[]): Promise<{ certFile: string; keyFile: string }>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const month = 30 * 24 * 60 * 60_000;

export async function createLabAuthority(folder: string): Promise<LabCertificates> {
  mkdirSync(folder, { recursive: true });
  const keys = await makeKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: 'CN=Letterbox lab authority',
    ...validity(),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const caFile = join(folder, 'ca.pem');
  const caPem = ca.toString('pem');
  writeFileSync(caFile, caPem);
  let issued = 0;

  return {
    caFile,
    caPem,
    async issue(names = ['localhost', '127.0.0.1', '::1']) {
      const own = await makeKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: serialNumber(),
        subject: `CN=${names[0]}`,
        issuer: ca.subject,
        ...validity(),
        signingAlgorithm: algorithm,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new x509.SubjectAlternativeNameExtension(
            names.map((value) => ({
              type: /^[\d.]+$|:/.test(value) ? ('ip' as const) : ('dns' as const),
              value,
            })),
          ),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
        ],
      });
      const base = join(folder, `server-${issued++}`);
      const key = await webcrypto.subtle.exportKey('pkcs8', own.privateKey);
      writeFileSync(`${base}.pem`, certificate.toString('pem'));
      writeFileSync(`${base}.key`, x509.PemConverter.encode(key, 'PRIVATE KEY'), { mode: 0o600 });
      return { certFile: `${base}.pem`, keyFile: `${base}.key` };
    },
  };
}

const makeKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

function validity() {
  const now = Date.now();
  return { notBefore: new Date(now - 60_000), notAfter: new Date(now + month) };
}

function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  // Positive, as RFC 5280 4.1.2.2 asks.
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}
