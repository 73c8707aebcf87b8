import type { DefectCode } from './defects.ts';
import type { Entity } from './entity.ts';
import { createAccumulator } from './pieces.ts';

type SmimeKind = Extract<DefectCode, `smime-${string}`>;

/** Where the content type of CMS (RFC 5652 3) stands at the latest. */
const enough = 32;

/** The content types, as they are written in DER without tag and length. */
const contentTypes: readonly [oid: Buffer, kind: SmimeKind][] = [
  [Buffer.from('2a864886f70d010702', 'hex'), 'smime-signed-data'],
  [Buffer.from('2a864886f70d010703', 'hex'), 'smime-enveloped-data'],
  [Buffer.from('2a864886f70d010704', 'hex'), 'smime-enveloped-data'],
  [Buffer.from('2a864886f70d0109100117', 'hex'), 'smime-enveloped-data'],
  [Buffer.from('2a864886f70d0109100109', 'hex'), 'smime-compressed-data'],
];

/** By `smime-type` (RFC 8551 3.2.2). */
const named: ReadonlyMap<string | null, SmimeKind> = new Map([
  ['signed-data', 'smime-signed-data'],
  ['enveloped-data', 'smime-enveloped-data'],
  ['authenveloped-data', 'smime-enveloped-data'],
  ['compressed-data', 'smime-compressed-data'],
  ['certs-only', 'smime-certs-only'],
]);

/**
 * Tells what an opaque S/MIME body is, which holds a message that Letterbox does not open: by its first bytes, else as
 * its `smime-type` says. Null for any other body.
 */
export function createSmimeDetector({ type, smimeType, filename }: Entity) {
  const opaque =
    /^application\/(?:x-)?pkcs7-mime$/.test(type) ||
    (type === 'application/octet-stream' && /\.p7m$/i.test(filename ?? ''));
  if (!opaque) return null;
  const beginning = createAccumulator();
  return {
    write: (decoded: Buffer): void => beginning.add(decoded.subarray(0, enough - beginning.length())),
    kind(): SmimeKind {
      const bytes = beginning.bytes();
      const said = named.get(smimeType);
      // Certificates alone are signed data of nothing.
      if (said === 'smime-certs-only') return said;
      return contentTypes.find(([oid]) => bytes.includes(oid))?.[1] ?? said ?? 'smime-unknown';
    },
  };
}
