import type { Report } from './defects.ts';
import { createJoint } from './pieces.ts';

const equals = 0x3d;
const space = 0x20;
const tab = 0x09;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** White space before a line end is padding and dropped (RFC 2045 6.7 rule 3), unless it is absurdly long. */
const longestPadding = 1_000;

/** Value of each hexadecimal digit's character code; -1 for all others. */
const hexadecimal = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit++) {
  hexadecimal[digit.toString(16).charCodeAt(0)] = digit;
  hexadecimal[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

/** Decodes quoted-printable (RFC 2045 6.7) cut into pieces anywhere. */
export function createQuotedPrintableDecoder(report: Report) {
  /** What only the bytes to come can tell the meaning of. */
  let held = Buffer.alloc(0);
  /** Within white space that is too long to be padding. */
  let inLongSpace = false;
  let output = Buffer.alloc(0);
  const join = createJoint();

  function decode(input: Buffer, final: boolean): Buffer {
    if (output.length < input.length) output = Buffer.allocUnsafe(input.length);
    const copied = inLongSpace ? copySpace(input, output) : 0;
    inLongSpace &&= copied === input.length;
    const { at, written, ink } = decodeLines(input, output, copied, final, report);
    const padding = findPadding(output, ink, written);
    if (final) return output.subarray(0, padding ? padding.start : written);
    if (padding) {
      held = Buffer.concat([output.subarray(padding.start, written), input.subarray(at)]);
      return output.subarray(0, padding.start);
    }
    held = Buffer.from(input.subarray(at));
    inLongSpace ||= written > ink && isSpace(output[written - 1]);
    return output.subarray(0, written);
  }

  return {
    write: (bytes: Buffer): Buffer => decode(join(held, bytes), false),
    end: (): Buffer => decode(held, true),
  };
}

/** How far decoding came: the next byte of the input, and how many of the output are written. */
interface Progress {
  at: number;
  written: number;
  /** Behind this there is only white space as it was written. */
  ink: number;
}

/** Decodes from an index on, which is the same in input and output, as far as the bytes at hand tell. */
function decodeLines(input: Buffer, output: Buffer, from: number, final: boolean, report: Report): Progress {
  const { length } = input;
  let at = from;
  let written = from;
  let ink = from;
  while (at < length) {
    const byte = input[at] as number;
    if (byte === equals) {
      const high = hexadecimal[input[at + 1] ?? 0] as number;
      const low = hexadecimal[input[at + 2] ?? 0] as number;
      ink = written;
      if (high >= 0 && low >= 0) {
        output[written++] = (high << 4) | low;
        at += 3;
      } else {
        const end = endOfSoftBreak(input, at, final);
        if (end < 0) break;
        if (end === at) {
          report('quoted-printable-malformed');
          output[written++] = equals;
          at++;
        } else at = end;
      }
      ink = written;
    } else {
      if (byte === lineFeed && written > ink) written = dropPadding(output, ink, written);
      output[written++] = byte;
      at++;
      if (byte > space || byte === lineFeed || !(isSpace(byte) || byte === carriageReturn)) ink = written;
    }
  }
  return { at, written, ink };
}

/** Copies the white space that the input begins with; gives how much that is. */
function copySpace(input: Buffer, output: Buffer): number {
  let length = 0;
  while (isSpace(input[length])) length++;
  input.copy(output, 0, 0, length);
  return length;
}

function isSpace(byte: number | undefined): boolean {
  return byte === space || byte === tab;
}

/** Behind the soft line break at `at`, an "=" at a line end; `at` itself when there is none; -1 when more must tell. */
function endOfSoftBreak(input: Buffer, at: number, final: boolean): number {
  const { length } = input;
  let end = at + 1;
  while (isSpace(input[end])) end++;
  if (end - at > longestPadding) return at;
  if (end === length) return final ? length : -1;
  if (input[end] === lineFeed) return end + 1;
  if (end + 1 === length && !final) return -1;
  if (input[end] === carriageReturn) return input[end + 1] === lineFeed ? end + 2 : end + 1;
  return at;
}

/** The white space at the end of what was written, or before a carriage return there; null when none is dropped. */
function findPadding(output: Buffer, ink: number, written: number): { start: number; end: number } | null {
  const end = written > ink && output[written - 1] === carriageReturn ? written - 1 : written;
  let start = end;
  while (start > ink && isSpace(output[start - 1])) start--;
  return start < end && end - start <= longestPadding ? { start, end } : null;
}

/** Takes the white space before a line end back (RFC 2045 6.7 rule 3). Returns how much is left. */
function dropPadding(output: Buffer, ink: number, written: number): number {
  const padding = findPadding(output, ink, written);
  if (!padding) return written;
  output.copyWithin(padding.start, padding.end, written);
  return written - (padding.end - padding.start);
}
