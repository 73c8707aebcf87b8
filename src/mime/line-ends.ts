import { longestDelimiterLine } from './boundaries.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** A line that ends in a carriage return, and another field, a folded line or an empty one. */
const carriageReturnLines = /^[^\r]*\r(?:[!-9;-~]+[ \t]*:|[ \t]|\r)/;

/**
 * The byte that ends the lines of a source, by how it begins: a line feed, with or without a carriage return, or
 * a carriage return alone as on the first Macintosh. 0 when more of the source must tell.
 */
export function findLineEnd(begin: Buffer, complete: boolean): number {
  const first = begin.subarray(0, longestDelimiterLine);
  if (first.includes(lineFeed)) return lineFeed;
  if (!complete && begin.length < longestDelimiterLine) return 0;
  return carriageReturnLines.test(first.toString('latin1')) ? carriageReturn : lineFeed;
}

/** A header whose lines end in `lineEnd`, with line feeds in its place. */
export function withLineFeeds(header: Buffer, lineEnd: number): Buffer {
  if (lineEnd === lineFeed) return header;
  return Buffer.from(header.toString('latin1').replaceAll('\r', '\n'), 'latin1');
}
