import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { type FieldProblem, invalidInput } from '../model/problem.ts';

/** A certificate with its chain, and its private key, both PEM. */
export interface CertificatePair {
  certificate: string;
  key: string;
}

/**
 * Reads the organisation's certificate and key. Throws `input.invalid` naming `tls.certificate` or `tls.key`
 * when a file is missing or not PEM, when the two do not belong together, when the certificate is not in
 * force now, or when it does not cover `host`.
 */
export async function readCertificateFiles(
  files: { certificate: string | undefined; key: string | undefined },
  host: string,
): Promise<CertificatePair> {
  const [certificate, key] = await Promise.all([
    readPem('tls.certificate', files.certificate, 'certificate chain', 'tls.key'),
    readPem('tls.key', files.key, 'private key', 'tls.certificate'),
  ]);
  const pair = { certificate, key };
  const wrong = examineCertificate(pair, host, new Date());
  if (wrong) throw invalidInput([{ ...wrong, ...(files.certificate && { where: files.certificate }) }]);
  return pair;
}

/** The first thing that is wrong with a pair at an instant, or null. The key is never quoted. */
export function examineCertificate(
  { certificate, key }: CertificatePair,
  host: string,
  now: Date,
): FieldProblem | null {
  const leaf = parse(() => new X509Certificate(certificate));
  if (!leaf) return { field: 'tls.certificate', expected: 'a PEM file that begins with the certificate' };
  const privateKey = parse<KeyObject>(() => createPrivateKey(key));
  if (!privateKey)
    return { field: 'tls.key', expected: 'a PEM file with the private key, without a passphrase' };
  if (!leaf.checkPrivateKey(privateKey))
    return { field: 'tls.key', expected: 'the private key that belongs to tls.certificate' };
  if (leaf.validToDate < now)
    return {
      field: 'tls.certificate',
      expected: 'a certificate in force',
      given: `one that expired on ${leaf.validToDate.toISOString()}`,
    };
  if (leaf.validFromDate > now)
    return {
      field: 'tls.certificate',
      expected: 'a certificate in force',
      given: `one that begins on ${leaf.validFromDate.toISOString()}`,
    };
  if (!covers(leaf, host))
    return {
      field: 'tls.certificate',
      expected: `a certificate for ${host}, the host of publicUrl`,
      given: leaf.subjectAltName ?? 'one without names',
    };
  return null;
}

/** Whether the certificate's subject alternative names cover a host name or address (RFC 6125 6.4). */
function covers(leaf: X509Certificate, host: string): boolean {
  const name = isIP(host) ? leaf.checkIP(host) : leaf.checkHost(host, { subject: 'never' });
  return name !== undefined;
}

async function readPem(
  field: string,
  file: string | undefined,
  content: string,
  other: string,
): Promise<string> {
  if (file === undefined)
    throw invalidInput([{ field, expected: `a PEM file with the ${content}, because ${other} is set` }]);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw invalidInput([
      {
        field,
        expected: `a PEM file with the ${content}, readable by Letterbox`,
        given: `${file} (${reason})`,
      },
    ]);
  }
}

function parse<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
