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
export class Base64Decoder {
  readonly #report: Report;
  readonly #groups: ReturnType<typeof createGroupDecoder>;
  #state: 'beginning' | 'data' | 'padded' | 'ended' | 'text' = 'beginning';
  /** The beginning of a line whose end has not come. */
  #held = '';
  /** Within a line that was judged already. */
  #inLine = false;

  constructor(report: Report) {
    this.#report = report;
    this.#groups = createGroupDecoder(report);
  }

  write(bytes: Buffer): Buffer {
    const decoded: Buffer[] = [];
    if (this.#state !== 'ended') this.#decodePiece(bytes, decoded);
    return decoded.length === 1 ? (decoded[0] as Buffer) : Buffer.concat(decoded);
  }

  end(): Buffer {
    const last = this.#held === '' ? nothing : this.#decodeLine(this.#held);
    const rest = this.#state === 'text' ? nothing : this.#groups.end();
    return rest.length === 0 ? last : Buffer.concat([last, rest]);
  }

  /** What is nothing but data is decoded at once, up to the last line. */
  #decodePiece(bytes: Buffer, decoded: Buffer[]): void {
    const open = this.#state === 'data' || this.#state === 'beginning';
    const end = open ? (this.#inLine ? bytes.length : bytes.lastIndexOf(lineFeed) + 1) : 0;
    const pure = end > 0 ? this.#groups.decodePure(this.#held, bytes.subarray(0, end)) : null;
    const input = pure ? bytes.toString('latin1', end) : this.#held + bytes.toString('latin1');
    this.#held = '';
    if (pure) {
      decoded.push(pure);
      if (pure.length > 0 || !this.#groups.isWhole()) this.#state = 'data';
      this.#inLine &&= bytes[end - 1] !== lineFeed;
    }
    this.#decodeLines(input, decoded);
  }

  /** Decodes as far as the lines are whole, line by line. */
  #decodeLines(input: string, decoded: Buffer[]): void {
    for (let at = 0; at < input.length && this.#state !== 'ended'; ) {
      const isText = this.#state === 'text';
      const end = isText ? input.length : input.indexOf('\n', at) + 1;
      const line = input.slice(at, end === 0 ? input.length : end);
      if (end === 0 && !this.#inLine && line.length < longestLine) {
        this.#held = line;
        return;
      }
      decoded.push(isText ? Buffer.from(line, 'latin1') : this.#decodeLine(line));
      this.#inLine = end === 0;
      at += line.length;
    }
  }

  /** What has come of a line. */
  #decodeLine(line: string): Buffer {
    const characters = line.trim();
    if (characters === '') return nothing;
    if (!this.#inLine && !this.#isData(characters.slice(0, longestLine))) {
      const beginning = this.#state === 'beginning';
      this.#report(beginning ? 'base64-malformed' : 'base64-trailing');
      this.#state = beginning ? 'text' : 'ended';
      return beginning ? Buffer.from(line, 'latin1') : nothing;
    }
    this.#state = characters.endsWith('=') ? 'padded' : 'data';
    return this.#groups.decode(characters);
  }

  #isData(line: string): boolean {
    if (this.#state === 'padded') return isBase64(line);
    return !this.#groups.isWhole() || !isProse(line);
  }
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
