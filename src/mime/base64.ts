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

/** A line is judged by its beginning, as far as this. */
const longestLine = 1_000;

/**
 * Decodes base64 (RFC 2045 6.8) cut into pieces anywhere: what is outside the alphabet is skipped, and missing padding
 * is made good. The data ends behind padding, unless a line of base64 follows, and before a line that plainly is text,
 * as gateways and mailing lists put below. A body that begins with such a line is not base64, and left as it is.
 */
export function createBase64Decoder(report: Report) {
  const groups = createGroupDecoder(report);
  let state: 'beginning' | 'data' | 'padded' | 'ended' | 'text' = 'beginning';
  // The beginning of a line whose end has not come.
  let held = '';
  // Within a line that was judged already.
  let inLine = false;

  /** What has come of a line. */
  function decodeLine(line: string): Buffer {
    const characters = line.trim();
    if (characters === '') return nothing;
    if (!inLine && !isData(characters.slice(0, longestLine))) {
      report(state === 'beginning' ? 'base64-malformed' : 'base64-trailing');
      state = state === 'beginning' ? 'text' : 'ended';
      return state === 'text' ? Buffer.from(line, 'latin1') : nothing;
    }
    state = characters.endsWith('=') ? 'padded' : 'data';
    return groups.decode(characters);
  }

  function isData(line: string): boolean {
    if (state === 'padded') return isBase64(line);
    return !groups.isWhole() || !isProse(line);
  }

  /** Decodes as far as the lines are whole, line by line. */
  function decodeLines(input: string, decoded: Buffer[]): void {
    for (let at = 0; at < input.length && state !== 'ended'; ) {
      const end = state === 'text' ? input.length : input.indexOf('\n', at) + 1;
      const line = input.slice(at, end === 0 ? input.length : end);
      if (end === 0 && !inLine && line.length < longestLine) {
        held = line;
        return;
      }
      decoded.push(state === 'text' ? Buffer.from(line, 'latin1') : decodeLine(line));
      inLine = end === 0;
      at += line.length;
    }
  }

  /** What is nothing but data is decoded at once, up to the last line. */
  function decodePiece(bytes: Buffer, decoded: Buffer[]): void {
    const open = state === 'data' || state === 'beginning';
    const end = open ? (inLine ? bytes.length : bytes.lastIndexOf(lineFeed) + 1) : 0;
    const pure = end > 0 ? groups.decodePure(held, bytes.subarray(0, end)) : null;
    if (!pure) {
      const input = held + bytes.toString('latin1');
      held = '';
      decodeLines(input, decoded);
      return;
    }
    decoded.push(pure);
    if (pure.length > 0 || !groups.isWhole()) state = 'data';
    inLine &&= bytes[end - 1] !== lineFeed;
    held = '';
    if (end < bytes.length) decodeLines(bytes.toString('latin1', end), decoded);
  }

  return {
    write(bytes: Buffer): Buffer {
      const decoded: Buffer[] = [];
      if (state !== 'ended') decodePiece(bytes, decoded);
      return decoded.length === 1 ? (decoded[0] as Buffer) : Buffer.concat(decoded);
    },
    end(): Buffer {
      const last = held === '' ? nothing : decodeLine(held);
      const rest = state === 'text' ? nothing : groups.end();
      return rest.length === 0 ? last : Buffer.concat([last, rest]);
    },
  };
}

/** Nothing but base64, in whole groups; or more padding. */
function isBase64(line: string): boolean {
  return (line.length % 4 === 0 && /^[A-Za-z0-9+/=]+$/.test(line)) || /^=+$/.test(line);
}

/** A rule such as stands above a signature, or several words that are not base64. */
function isProse(line: string): boolean {
  if (line.startsWith('--') || line.startsWith('__')) return true;
  const words = line.split(/[ \t]+/);
  return words.length > 2 && !isBase64(words.join(''));
}

/** Decodes base64 whose groups are cut anywhere, with Node's native decoder. */
function createGroupDecoder(report: Report) {
  // Up to three characters of a group whose rest has not come.
  let rest = '';

  /** Decodes whole groups; what is left waits for more. */
  function decodeGroups(beginning: string, characters: string): Buffer {
    const decoded = Buffer.from(`${rest}${beginning}${characters}${sentinel}`, 'base64');
    const left = charactersLeft.get(decoded.at(-3) as number) as number;
    const whole = decoded.length - 6 - Math.max(0, left - 1);
    rest = decoded.toString('base64', whole, whole + 3).slice(0, left);
    return decoded.subarray(0, whole);
  }

  /** Decodes all there is: padding, or the end, cuts the last group short. */
  function decodeLast(characters: string): Buffer {
    const decoded = Buffer.from(rest + characters, 'base64');
    rest = '';
    return decoded;
  }

  return {
    /** Whether the last group is complete. */
    isWhole: (): boolean => rest === '',

    /** Characters with padding and junk among them. */
    decode(characters: string): Buffer {
      const segments = withoutJunk(characters, report).split('=');
      const open = segments.pop() as string;
      const padded = segments.map((segment) => (rest || segment ? decodeLast(segment) : nothing));
      return padded.length > 0 ? Buffer.concat([...padded, decodeGroups('', open)]) : decodeGroups('', open);
    },

    /** The end of lines of the alphabet alone; null where there is anything else, and nothing was decoded. */
    decodePure(beginning: string, lines: Buffer): Buffer | null {
      const before = rest;
      const characters = lines.toString('latin1');
      const decoded = decodeGroups(beginning, characters);
      const significant = (decoded.length / 3) * 4 + rest.length - before.length;
      const pure = significant + countLineBreaks(lines) === beginning.length + lines.length;
      if (pure && ![beginning, characters].some((text) => text.includes('-') || text.includes('_')))
        return decoded;
      rest = before;
      return null;
    },

    end(): Buffer {
      if (rest) report('base64-truncated');
      return decodeLast('');
    },
  };
}

/** Node's decoder skips what is outside of the alphabet, but for that of URLs, whose two own characters are junk in mail. */
function withoutJunk(characters: string, report: Report): string {
  if (!/[^A-Za-z0-9+/= \t\r]/.test(characters)) return characters;
  report('base64-malformed');
  return characters.replace(/[-_]+/g, '');
}

/** Line breaks, as far as the lines are as long as the second, which is how all encoders write them. */
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
