import { createHash } from 'node:crypto';
import type { Header } from './headers.ts';

const fieldsOfIdentity = ['message-id', 'date', 'from', 'subject'];

/**
 * Recognises a mail that comes again under another position: uploaded anew, moved, or after the server numbered
 * its messages anew. SHA-256, in lower-case hexadecimal, over the first Message-ID, Date, From and Subject field
 * (still encoded, runs of white space as one space, each closed by a line feed, empty where missing) and then
 * all bytes behind the header. What servers write into a header on the way (Received, X-...) does not change it;
 * any change of the body does. It must not change from one release to the next: see `identity` of a field.
 */
export function createFingerprint() {
  const hash = createHash('sha256');
  return {
    /** Takes the header of the message; comes first. */
    header({ fields, beginsWithSpacedFrom }: Header): void {
      // It was taken for the line of an mbox when the first mails were stored.
      const own = beginsWithSpacedFrom ? fields.slice(1) : fields;
      const values = new Map(fieldsOfIdentity.map((key) => [key, '']));
      const missing = new Set(fieldsOfIdentity);
      for (const { key, value, identity } of own) if (missing.delete(key)) values.set(key, identity ?? value);
      hash.update([...values.values()].map((value) => `${value.replace(/[ \t]+/g, ' ')}\n`).join(''));
    },
    /** Takes the next bytes behind the header. */
    body(bytes: Uint8Array): void {
      hash.update(bytes);
    },
    digest: (): string => hash.digest('hex'),
  };
}
