import type { Report } from './defects.ts';
import { type Header, readHeader } from './headers.ts';
import type { Limits } from './limits.ts';
import { withLineFeeds } from './line-ends.ts';

/** Keeps the lines of one header as they come in, as many as the limit allows, and reads them by their line ends. */
export function createHeaderBlock(ofMessage: boolean, limits: Limits, report: Report) {
  const limit = ofMessage ? limits.headerBytes : limits.partHeaderBytes;
  let pieces: Buffer[] = [];
  let length = 0;
  let cut: Header | null = null;

  return {
    /** How many more bytes it takes; endless once it was cut, as nothing is kept any more. */
    room: (): number => (cut ? Number.POSITIVE_INFINITY : limit - length),

    add(bytes: Buffer): void {
      if (cut || bytes.length === 0) return;
      pieces.push(Buffer.from(bytes));
      length += bytes.length;
    },

    /**
     * There is no more room: what was kept is the header, and its other lines are left out. Returns false when it
     * has no end because the body began without an empty line; then nothing is to be left out.
     */
    cut(lineEnd: number): boolean {
      pieces = [Buffer.concat(pieces)];
      const lines = withLineFeeds(pieces[0] as Buffer, lineEnd);
      const header = readHeader(lines, ofMessage, limits, report);
      if (header.bodyAt < length) return false;
      report('header-too-large');
      cut = header;
      return true;
    },

    /** The header, and the bytes at its end that turned out to be body. */
    read(lineEnd: number): { header: Header; body: Buffer } {
      if (cut) return { header: cut, body: Buffer.alloc(0) };
      const block = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
      const header = readHeader(withLineFeeds(block, lineEnd), ofMessage, limits, report);
      return { header, body: block.subarray(header.bodyAt) };
    },
  };
}
