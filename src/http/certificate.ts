import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { Instant } from '../model/mail-server.ts';
import { Problem } from '../model/problem.ts';
import type { Log } from '../telemetry/log.ts';
import { type CertificatePair, readCertificateFiles } from './certificate-files.ts';
import { developmentCertificate } from './development-certificate.ts';

/** The server's certificate, which may change while it serves. */
export interface Certificate {
  /** Self-made, as `tls` names none: browsers warn of it. */
  readonly isDevelopment: boolean;
  current(): CertificatePair;
  /** Calls back with every new pair; the answer ends that. */
  onChange(listener: (pair: CertificatePair) => void): () => void;
  /** Stops looking for changes. */
  close(): void;
}

/**
 * The organisation's certificate if `tls` names one, else the self-made development certificate. Looks
 * for a changed one every `checkSeconds`, by content, which also sees symbolic links turned over and files
 * on network disks. A new one that is not in order is logged once and the one before stays in use.
 * Throws `input.invalid` naming the setting when there is nothing to begin with.
 */
export async function openCertificate({
  tls,
  publicUrl,
  dataFolder,
  log,
  checkSeconds = 10,
}: {
  tls: Config['tls'];
  publicUrl: string;
  dataFolder: string;
  log: Log;
  checkSeconds?: number;
}): Promise<Certificate> {
  const host = new URL(publicUrl).hostname.replace(/^\[|\]$/g, '');
  const own = tls.certificate !== undefined || tls.key !== undefined;
  const read = () =>
    own
      ? readCertificateFiles({ certificate: tls.certificate, key: tls.key }, host)
      : developmentCertificate(join(dataFolder, 'certificate'), host);

  let current = await read();
  let trouble = '';
  let looking = false;
  const listeners = new Set<(pair: CertificatePair) => void>();

  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    try {
      const pair = await read();
      trouble = '';
      if (pair.certificate === current.certificate && pair.key === current.key) return;
      current = pair;
      log.info('took over the changed certificate');
      for (const listener of listeners) listener(pair);
    } catch (error) {
      const { message } = Problem.from(error);
      if (message !== trouble)
        log.error({ problem: message }, 'the certificate is not in order; keeping the one in use');
      trouble = message;
    } finally {
      looking = false;
    }
  }

  const timer = setInterval(look, checkSeconds * 1000).unref();
  return {
    isDevelopment: !own,
    current: () => current,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => clearInterval(timer),
  };
}

/** What people are told of the certificate that is in use. */
export interface CertificateInUse {
  isDevelopment: boolean;
  expiresAt: Instant;
}

export function certificateInUse({ isDevelopment, current }: Certificate): CertificateInUse {
  const { validToDate } = new X509Certificate(current().certificate);
  return { isDevelopment, expiresAt: validToDate.toISOString() };
}
