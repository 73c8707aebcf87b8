import { areEqual } from '../vault/digest.ts';
import type { Vault } from '../vault/vault.ts';

export interface DownloadUrls {
  /** Where a destination fetches an attachment, or with null the raw source: signed, and good for a time. */
  url(messageId: string, attachmentIndex: number | null): string;
  /** Whether a URL is one that was given out, unaltered, and still good. */
  verify(url: URL): boolean;
}

/** Download URLs carry their permission in them: an HMAC over path and expiry. */
export function createDownloadUrls({
  publicUrl,
  vault,
  hours,
}: {
  publicUrl: string;
  vault: Vault;
  hours: number;
}): DownloadUrls {
  const sign = (path: string, expires: string) => vault.mac('download', `${path}\n${expires}`);
  return {
    url(messageId, attachmentIndex) {
      const path = `/download/${messageId}/${attachmentIndex === null ? 'raw' : `attachments/${attachmentIndex}`}`;
      const expires = String(Math.ceil(Date.now() / 1000 + hours * 3600));
      return `${publicUrl}${path}?expires=${expires}&signature=${sign(path, expires)}`;
    },
    verify(url) {
      const expires = url.searchParams.get('expires') ?? '';
      const given = url.searchParams.get('signature') ?? '';
      return areEqual(given, sign(url.pathname, expires)) && Number(expires) * 1000 > Date.now();
    },
  };
}
