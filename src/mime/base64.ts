import type { Report } from './defects.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const nothing = Buffer.alloc(0);

/**
 * Put behind the characters of a piece, it is decoded with them; the byte third from the end of the result
 * then tells how many characters stood behind the last whole group of four.
 */
const sentinel = 'AAAA////';
const charactersLeft = new Map([
  [0b11111111, 0],
  [0b00000011, 1],
  [0b00001111, 2],
  [0b00111111, 3],
]);

/**
 * Decodes base64 (RFC 2045 6.8) cut into pieces anywhere, with Node's native decoder: what is outside the
 * alphabet is skipped, missing padding is made good, and data that goes on after padding is decoded on.
 */
export function createBase64Decoder(report: Report) {
  // Up to three characters of a group whose rest has not come.
  let rest = '';
  // Characters of the alphabet among those written, as far as they were decoded.
  let significant = 0;

  /** Decodes whole groups; what is left waits for more. */
  function decodeGroups(characters: string): Buffer {
    const decoded = Buffer.from(`${rest}${stripUrlAlphabet(characters, report)}${sentinel}`, 'base64');
    const left = charactersLeft.get(decoded.at(-3) as number) as number;
    const whole = decoded.length - 6 - Math.max(0, left - 1);
    significant += (whole / 3) * 4 + left - rest.length;
    rest = decoded.toString('base64', whole, whole + 3).slice(0, left);
    return decoded.subarray(0, whole);
  }

  /** Decodes all there is: padding, or the end, cuts the last group short. */
  function decodeLast(characters: string): Buffer {
    const decoded = Buffer.from(rest + stripUrlAlphabet(characters, report), 'base64');
    significant += Math.ceil((decoded.length * 4) / 3) - rest.length;
    rest = '';
    return decoded;
  }

  return {
    write(bytes: Buffer): Buffer {
      significant = 0;
      const segments = bytes.toString('latin1').split('=');
      const open = segments.pop() as string;
      const padded = segments.map((segment) => (rest || segment ? decodeLast(segment) : nothing));
      const decoded = padded.length > 0 ? Buffer.concat([...padded, decodeGroups(open)]) : decodeGroups(open);
      if (holdsJunk(bytes, significant + segments.length)) report('base64-malformed');
      return decoded;
    },
    end(): Buffer {
      if (rest) report('base64-truncated');
      return decodeLast('');
    },
  };
}

/** Node's decoder also knows the URL alphabet, whose two own characters are junk in mail. */
function stripUrlAlphabet(characters: string, report: Report): string {
  if (!characters.includes('-') && !characters.includes('_')) return characters;
  report('base64-malformed');
  return characters.replace(/[-_]+/g, '');
}

/** Whether there is more than white space besides the characters that were decoded and padding. */
function holdsJunk(input: Buffer, decoded: number): boolean {
  if (decoded + countLineBreaks(input) === input.length) return false;
  return /[^A-Za-z0-9+/= \t\r\n]/.test(input.toString('latin1'));
}

/** Bytes of line breaks, as far as the lines are as long as the second, which is how all encoders write them. */
function countLineBreaks(input: Buffer): number {
  const first = input.indexOf(lineFeed);
  if (first < 0) return 0;
  const second = input.indexOf(lineFeed, first + 1);
  const length = second < 0 ? input.length : second - first;
  let count = input[input.length - 1] === carriageReturn ? 1 : 0;
  for (let at = first; at < input.length; at += length) {
    if (input[at] === lineFeed) count++;
    if (input[at - 1] === carriageReturn) count++;
  }
  return count;
}
