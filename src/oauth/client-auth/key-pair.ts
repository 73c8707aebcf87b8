import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { ClientCertificate } from '../../model/credential-profile.ts';
import { invalidInput, type Problem } from '../../model/problem.ts';
import type { KeyPair } from '../sealed.ts';

const block = (name: string) => new RegExp(`-----BEGIN ${name}-----[^-]+-----END ${name}-----`, 'g');
const leastBits = 2048;

/**
 * A certificate and its private key from one PEM text; of a chain, the certificate that the key belongs to. Throws
 * `input.invalid`, and never quotes what was given.
 */
export function readKeyPair(pem: string): KeyPair {
  const [keyText] = pem.match(block('(?:RSA |EC )?PRIVATE KEY')) ?? [];
  if (keyText === undefined && /-----BEGIN ENCRYPTED PRIVATE KEY-----/.test(pem))
    throw wrong('a private key without a pass phrase; it is kept encrypted here');
  const certificates = (pem.match(block('CERTIFICATE')) ?? []).flatMap(parseCertificate);
  if (certificates.length === 0)
    throw wrong('a certificate in PEM, beginning with -----BEGIN CERTIFICATE-----');
  const key = keyText === undefined ? null : parseKey(keyText);
  if (!key) throw wrong('its private key in PEM beside it, beginning with -----BEGIN PRIVATE KEY-----');
  const certificate = certificates.find((candidate) => candidate.checkPrivateKey(key));
  if (!certificate) throw wrong('the private key of the certificate; this is another one');
  if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < leastBits)
    throw wrong(`an RSA key of at least ${leastBits} bits`);
  if (Date.parse(certificate.validTo) < Date.now())
    throw wrong(`a certificate in force; this one ended ${new Date(certificate.validTo).toISOString()}`);
  return {
    certificate: certificate.toString(),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** The public part, which is shown and given to the authority. */
export function describeCertificate(pem: string): ClientCertificate {
  const certificate = new X509Certificate(pem);
  return {
    pem,
    subject: certificate.subject,
    sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    expiresAt: new Date(certificate.validTo).toISOString(),
  };
}

function parseCertificate(text: string): X509Certificate[] {
  try {
    return [new X509Certificate(text)];
  } catch {
    return [];
  }
}

function parseKey(text: string): KeyObject | null {
  try {
    return createPrivateKey(text);
  } catch {
    return null;
  }
}

function wrong(expected: string): Problem {
  return invalidInput([{ field: 'clientKeyPair', expected }]);
}
