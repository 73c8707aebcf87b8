import { longestDelimiterLine } from './boundaries.ts';
import { createJoint } from './pieces.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const hyphen = 0x2d;
const nothing: Buffer = Buffer.alloc(0);

/** A line that ends in a carriage return, and another field, a folded line or an empty one. */
const carriageReturnLines = /^[^\r]*\r(?:[!-9;-~]+[ \t]*:|[ \t]|\r)/;

/**
 * The bytes of a source that are at hand, of which it comes in pieces cut anywhere, and the lines in them. Places are
 * indexes into `bytes`, unless they are said to be offsets in the source.
 */
export class SourceWindow {
  bytes = nothing;
  /** How far the bytes are dealt with. */
  at = 0;
  /** Whether `at` is where a line begins. */
  atLine = false;
  /** The source ends with these bytes. */
  complete = false;
  /** The byte that ends lines; 0 until {@link findLineEnd} has found it. */
  lineEnd = 0;
  /** Where in the source the bytes begin. */
  #base = 0;
  readonly #join = createJoint();

  /** Where `at` is in the source. */
  get offset(): number {
    return this.#base + this.at;
  }

  /** Puts the next bytes of the source behind those at hand. */
  add(next: Buffer): void {
    this.bytes = this.#join(this.bytes, next);
  }

  /** Takes the bytes up to a place. */
  take(to: number): Buffer {
    const taken = this.bytes.subarray(this.at, to);
    this.at = to;
    this.atLine = false;
    return taken;
  }

  /** Puts bytes that are not dealt with after all before those that come next. */
  putBack(bytes: Buffer): void {
    this.bytes = Buffer.concat([bytes, this.bytes.subarray(this.at)]);
    this.#base = this.offset - bytes.length;
    this.at = 0;
  }

  /** What is dealt with of the source, from an offset in it. */
  from(offset: number): Buffer {
    return this.bytes.subarray(offset - this.#base, this.at);
  }

  /** Lets go of what is dealt with; the rest is copied, as the pieces belong to who gave them. */
  slide(): void {
    const { bytes, at } = this;
    this.#base += at;
    this.bytes = at === bytes.length ? nothing : Buffer.from(bytes.subarray(at));
    this.at = 0;
  }

  /**
   * The byte that ends the lines of the source, by how it begins: a line feed, with or without a carriage return, or
   * a carriage return alone as on the first Macintosh. False when more of the source must tell.
   */
  findLineEnd(): boolean {
    const first = this.bytes.subarray(0, longestDelimiterLine);
    if (first.includes(lineFeed)) this.lineEnd = lineFeed;
    else if (this.complete || this.bytes.length >= longestDelimiterLine)
      this.lineEnd = carriageReturnLines.test(first.toString('latin1')) ? carriageReturn : lineFeed;
    return this.lineEnd !== 0;
  }

  /** The bytes are a body of their own, whose lines end in line feeds. */
  beginInBody(): void {
    this.lineEnd = lineFeed;
    this.atLine = true;
  }

  hasBareCarriageReturns(): boolean {
    return this.lineEnd === carriageReturn;
  }

  /** Where the line that begins at `start` ends; -1 when its end is not at hand. */
  endOf(start: number): number {
    return this.bytes.indexOf(this.lineEnd, start);
  }

  /** Where the line behind the one that ends at `end` begins. */
  behind(end: number): number {
    return end < 0 ? this.bytes.length : end + 1;
  }

  /** Whether more must come to tell what the line from `start` to `end` is. */
  isUndecided(start: number, end: number): boolean {
    return end < 0 && !this.complete && this.bytes.length - start < longestDelimiterLine;
  }

  /** The same for the line behind the one that ends at `end`. */
  isNextUndecided(end: number): boolean {
    return end >= 0 && this.isUndecided(end + 1, this.endOf(end + 1));
  }

  /** The line behind the one that ends at `end`, as far as that decides what it is; one character a byte. */
  lineBehind(end: number): string {
    const start = end + 1;
    const stop = this.endOf(start);
    const most = start + longestDelimiterLine;
    return this.bytes.toString('latin1', start, stop < 0 ? most : Math.min(stop, most));
  }

  /** A line end; a line feed also behind one or two carriage returns. */
  isEmptyLine(start: number, end: number): boolean {
    if (end < 0 || end - start > 2) return false;
    for (let index = start; index < end; index++) if (this.bytes[index] !== carriageReturn) return false;
    return true;
  }

  /** The line from `start` to `end` without the two hyphens that it begins with, one character a byte; null without them. */
  hyphenatedLine(start: number, end: number): string | null {
    const { bytes } = this;
    if (bytes[start] !== hyphen || bytes[start + 1] !== hyphen) return null;
    const stop = Math.min(end < 0 ? bytes.length : end, start + longestDelimiterLine);
    return bytes.toString('latin1', start + 2, stop);
  }

  /** Where the next line begins with two hyphens; -1 when there is none. */
  findHyphens(from: number): number {
    const { bytes, lineEnd } = this;
    let start = bytes.indexOf('--', from, 'latin1');
    while (start >= 0) {
      if (start === this.at ? this.atLine : bytes[start - 1] === lineEnd) return start;
      const end = bytes.indexOf(lineEnd, start);
      start = end < 0 ? -1 : bytes.indexOf('--', end, 'latin1');
    }
    return -1;
  }

  /** The line break before a delimiter belongs to it (RFC 2046 5.1.1). */
  lineBreakBefore(index: number): number {
    const { bytes, at } = this;
    if (index <= at || bytes[index - 1] !== this.lineEnd) return index;
    const pair = this.lineEnd === lineFeed && index - 1 > at && bytes[index - 2] === carriageReturn;
    return pair ? index - 2 : index - 1;
  }

  /** Where the end of the bytes begins that may turn out to belong to a delimiter. */
  startOfTail(): number {
    const { bytes, at } = this;
    const end = bytes.length;
    if (end === at) return end;
    if (bytes[end - 1] === carriageReturn) return end - 1;
    const begins = end - 1 === at ? this.atLine : bytes[end - 2] === this.lineEnd;
    return this.lineBreakBefore(bytes[end - 1] === hyphen && begins ? end - 1 : end);
  }
}
