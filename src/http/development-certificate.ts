import { webcrypto } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { type CertificatePair, examineCertificate } from './certificate-files.ts';

const dayMs = 24 * 60 * 60_000;
const validDays = 365;
const renewDays = 30;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * The self-made certificate that serves until the organisation gives its own: kept in `folder` as
 * `development.pem` and `development.key`; made when it is missing, about to expire, or for another host.
 * Browsers warn of it, rightly.
 */
export async function developmentCertificate(folder: string, host: string): Promise<CertificatePair> {
  const kept = await read(folder);
  const soon = new Date(Date.now() + renewDays * dayMs);
  if (kept && examineCertificate(kept, host, soon) === null) return kept;
  const made = await makeCertificate(host);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await replaceFile(join(folder, 'development.key'), made.key);
  await replaceFile(join(folder, 'development.pem'), made.certificate);
  return made;
}

async function read(folder: string): Promise<CertificatePair | null> {
  try {
    return {
      certificate: await readFile(join(folder, 'development.pem'), 'utf8'),
      key: await readFile(join(folder, 'development.key'), 'utf8'),
    };
  } catch {
    return null;
  }
}

async function replaceFile(file: string, content: string): Promise<void> {
  await writeFile(`${file}.new`, content, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** Self-signed ECDSA P-256 for `host` and for this machine by its usual names. */
async function makeCertificate(host: string): Promise<CertificatePair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const names = [...new Set([host, 'localhost', '127.0.0.1', '::1'])];
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Letterbox development certificate',
    notBefore: new Date(Date.now() - 60 * 60_000),
    notAfter: new Date(Date.now() + validDays * dayMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value })),
      ),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certificate: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
}
