import type { Report } from './defects.ts';
import { type Header, readHeader } from './headers.ts';
import type { Limits } from './limits.ts';
import { createAccumulator } from './pieces.ts';

const lineFeed = 0x0a;

/** Keeps the lines of one header as they come in, as many as the limit allows, and reads them by their line ends. */
export function createHeaderBlock(ofMessage: boolean, limits: Limits, report: Report) {
  const limit = ofMessage ? limits.headerBytes : limits.partHeaderBytes;
  const lines = createAccumulator();
  let cut: Header | null = null;

  const readLines = (lineEnd: number, closed: boolean) =>
    readHeader(withLineFeeds(lines.bytes(), lineEnd), { ofMessage, closed }, limits, report);

  return {
    /** How many more bytes it takes; endless once it was cut, as nothing is kept any more. */
    room: (): number => (cut ? Number.POSITIVE_INFINITY : limit - lines.length()),

    add(bytes: Buffer): void {
      if (!cut) lines.add(bytes);
    },

    /**
     * There is no more room: what was kept is the header, and its other lines are left out. Returns false when it
     * has no end because the body began without an empty line; then nothing is to be left out.
     */
    cut(lineEnd: number): boolean {
      const header = readLines(lineEnd, false);
      if (header.bodyAt < lines.length()) return false;
      report('header-too-large');
      cut = header;
      return true;
    },

    /** The header, ended by an empty line or not, and the bytes at its end that turned out to be body. */
    read(lineEnd: number, closed: boolean): { header: Header; body: Buffer } {
      if (cut) return { header: cut, body: Buffer.alloc(0) };
      const header = readLines(lineEnd, closed);
      return { header, body: lines.bytes().subarray(header.bodyAt) };
    },
  };
}

/** Lines that end in `lineEnd`, with line feeds in its place. */
function withLineFeeds(lines: Buffer, lineEnd: number): Buffer {
  if (lineEnd === lineFeed) return lines;
  return Buffer.from(lines.toString('latin1').replaceAll('\r', '\n'), 'latin1');
}
