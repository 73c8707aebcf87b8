import type { Report } from './defects.ts';
import type { TransferDecoder } from './transfer-decoder.ts';

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
export function createQuotedPrintableDecoder(report: Report): TransferDecoder {
  let held = Buffer.alloc(0);
  // Set within a run of white space too long to be padding.
  let literalSpace = false;

  function decode(input: Buffer, final: boolean): Buffer {
    const length = input.length;
    const output = Buffer.allocUnsafe(length);
    let written = 0;
    let at = 0;

    /** Where white space that begins at `from` ends. */
    const skipSpace = (from: number) => {
      while (from < length && (input[from] === space || input[from] === tab)) from++;
      return from;
    };
    /** Whether a line ends at `index`: 0 no, else the bytes of its end; -1 when more input must tell. */
    const lineEnd = (index: number) => {
      if (index === length) return final ? 0 : -1;
      if (input[index] === lineFeed) return 1;
      if (input[index] !== carriageReturn) return 0;
      if (index + 1 === length) return final ? 0 : -1;
      return input[index + 1] === lineFeed ? 2 : 0;
    };

    while (at < length) {
      const byte = input[at] as number;
      if (byte === equals) {
        literalSpace = false;
        const high = hexadecimal[input[at + 1] ?? 0] as number;
        const low = hexadecimal[input[at + 2] ?? 0] as number;
        if (high >= 0 && low >= 0) {
          output[written++] = (high << 4) | low;
          at += 3;
          continue;
        }
        const end = skipSpace(at + 1);
        const padding = end - at <= longestPadding;
        const ends = padding ? lineEnd(end) : 0;
        if (ends > 0) {
          at = end + ends;
        } else if (ends < 0 || (at + 2 >= length && !final)) {
          break;
        } else if (padding && end === length) {
          at = length;
        } else {
          report('quoted-printable-malformed');
          output[written++] = equals;
          at++;
        }
      } else if (byte === space || byte === tab) {
        const end = skipSpace(at);
        const padding = !literalSpace && end - at <= longestPadding;
        if (padding && end === length && !final) break;
        const ends = padding ? lineEnd(end) : 0;
        if (ends < 0) break;
        if (ends === 0 && !(padding && end === length)) {
          input.copy(output, written, at, end);
          written += end - at;
          literalSpace = end === length;
        }
        at = end;
      } else {
        literalSpace = false;
        output[written++] = byte;
        at++;
      }
    }
    held = Buffer.from(input.subarray(at));
    return output.subarray(0, written);
  }

  return {
    write: (bytes) => decode(held.length > 0 ? Buffer.concat([held, bytes]) : bytes, false),
    end: () => decode(held, true),
  };
}
