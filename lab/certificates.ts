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
  /** A server certificate for these names, by default for this machine and the names that only the lab's proxy knows, and its key, as PEM files. */
  issue(names?: string[], validity?: Validity): Promise<{ certFile: string; keyFile: string }>;
  /** One that nobody but itself vouches for. */
  selfSigned(names?: string[]): Promise<{ certFile: string; keyFile: string }>;
  /** An authority that this one vouches for. */
  intermediate(name: string): Promise<LabCertificates>;
}

export interface Validity {
  notBefore: Date;
  notAfter: Date;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const month = 30 * 24 * 60 * 60_000;

/** What signs: a certificate's subject and its key. */
interface Signer {
  subject: string;
  keys: CryptoKeyPair;
}

type CryptoKeyPair = Awaited<ReturnType<typeof makeKeys>>;

export function createLabAuthority(
  folder: string,
  name = 'CN=Letterbox lab authority',
): Promise<LabCertificates> {
  return createAuthority(folder, name, null);
}

async function createAuthority(
  folder: string,
  name: string,
  parent: Signer | null,
): Promise<LabCertificates> {
  mkdirSync(folder, { recursive: true });
  const keys = await makeKeys();
  const signer = { subject: name, keys };
  const ca = await sign(parent ?? signer, name, keys.publicKey, lately(), [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
  ]);
  const caFile = join(folder, 'ca.pem');
  const caPem = ca.toString('pem');
  writeFileSync(caFile, caPem);
  let issued = 0;
  const write = async (certificate: x509.X509Certificate, privateKey: CryptoKeyPair['privateKey']) => {
    const base = join(folder, `server-${issued++}`);
    const key = await webcrypto.subtle.exportKey('pkcs8', privateKey);
    writeFileSync(`${base}.pem`, certificate.toString('pem'));
    writeFileSync(`${base}.key`, x509.PemConverter.encode(key, 'PRIVATE KEY'), { mode: 0o600 });
    return { certFile: `${base}.pem`, keyFile: `${base}.key` };
  };

  return {
    caFile,
    caPem,
    async issue(names = ['localhost', '*.contoso.test', '127.0.0.1', '::1'], validity = lately()) {
      const own = await makeKeys();
      const certificate = await sign(signer, `CN=${names[0]}`, own.publicKey, validity, [
        namesOf(names),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
      ]);
      return write(certificate, own.privateKey);
    },
    async selfSigned(names = ['localhost']) {
      const own = await makeKeys();
      const itself = { subject: `CN=${names[0]}`, keys: own };
      const certificate = await sign(itself, itself.subject, own.publicKey, lately(), [namesOf(names)]);
      return write(certificate, own.privateKey);
    },
    intermediate: (below) => createAuthority(join(folder, 'intermediate'), below, signer),
  };
}

function sign(
  { subject: issuer, keys }: Signer,
  subject: string,
  publicKey: CryptoKeyPair['publicKey'],
  validity: Validity,
  extensions: x509.Extension[],
): Promise<x509.X509Certificate> {
  return x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject,
    issuer,
    ...validity,
    signingAlgorithm: algorithm,
    publicKey,
    signingKey: keys.privateKey,
    extensions,
  });
}

/** Host names and addresses. */
function namesOf(names: string[]): x509.Extension {
  return new x509.SubjectAlternativeNameExtension(
    names.map((value) => ({
      type: /^[\d.]+$|:/.test(value) ? ('ip' as const) : ('dns' as const),
      value,
    })),
  );
}

const makeKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

function lately(): Validity {
  const now = Date.now();
  return { notBefore: new Date(now - 60_000), notAfter: new Date(now + month) };
}

function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  // Positive, as RFC 5280 4.1.2.2 asks.
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}
