import { createHash, webcrypto, X509Certificate } from 'node:crypto';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};

/** An app's own certificate with its key, as an administrator makes one (RSA, self-signed). */
export async function makeClientCertificate(notAfter: Date) {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=app',
    notBefore: new Date(notAfter.getTime() - 90 * 24 * 3_600_000),
    notAfter,
    signingAlgorithm: algorithm,
    keys,
  });
  const certificate = new X509Certificate(made.toString('pem'));
  return {
    certificate,
    key: keys.privateKey,
    /** `x5t#S256` */
    thumbprint: createHash('sha256').update(certificate.raw).digest('base64url'),
  };
}
