/** A multipart whose end has not been seen. */
export interface OpenMultipart {
  /** Media type. */
  type: string;
  /** What may be its `boundary` parameter, one character a byte: several while a header names several. */
  boundaries: string[];
  /** One that no header names, taken as its own do not occur. */
  guessed: string | null;
  /** Part number as in IMAP; empty for the message itself. */
  number: string;
  /** The root of a `multipart/related` by its Content-ID (RFC 2387 3.2); null where none is named. */
  start: string | null;
  parts: number;
}

export interface Delimiter {
  /** Which of the multiparts it belongs to. */
  index: number;
  /** Which of the boundaries of that one. */
  boundary: string;
  /** Whether it ends that multipart. */
  closes: boolean;
}

/** The longest boundary that is looked for; RFC 2046 5.1.1 allows 70 characters. */
export const longestBoundary = 1_000;

/** So many bytes of a line decide whether it is a delimiter. */
export const longestDelimiterLine = longestBoundary + 100;

/** So many boundaries of one multipart are looked for. */
export const mostBoundaries = 5;

/** A line without the white space at its end, going through that once. */
export function withoutTrailingSpace(line: string): string {
  let end = line.length;
  while (end > 0 && isSpace(line.charCodeAt(end - 1))) end--;
  return line.slice(0, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d;
}

/** The boundaries of open multiparts, by which the lines of a body are told. */
export class Boundaries {
  /** The multiparts that may have a boundary, by their index, the innermost last. */
  readonly #indexes = new Map<string, number[]>();

  /** A multipart takes a boundary; the indexes of one boundary come in their order. */
  add(boundary: string, index: number): void {
    const indexes = this.#indexes.get(boundary);
    if (!indexes) this.#indexes.set(boundary, [index]);
    else if (!indexes.includes(index)) indexes.push(index);
  }

  has(boundary: string): boolean {
    return this.#indexes.has(boundary);
  }

  remove(boundary: string, index: number): void {
    const left = this.#indexes.get(boundary)?.filter((other) => other !== index) ?? [];
    if (left.length > 0) this.#indexes.set(boundary, left);
    else this.#indexes.delete(boundary);
  }

  /**
   * Which multipart the line delimits; null when none (RFC 2046 5.1.1). The line comes without its leading `--` and
   * its line feed, cut at {@link longestDelimiterLine}.
   *
   * A line that is a boundary exactly goes before one that only begins with a boundary and a space, so that
   * multiparts whose boundaries begin alike are told apart; among equals the innermost wins. However many multiparts
   * are open, a line without white space in it is looked up twice.
   */
  find(line: string): Delimiter | null {
    const exact = withoutTrailingSpace(line);
    if (exact === '') return null;
    const opening = this.#innermost(exact);
    const closed = exact.endsWith('--') ? exact.slice(0, -2) : null;
    const closing = closed === null ? -1 : this.#innermost(closed);
    if (opening >= 0 && opening >= closing) return { index: opening, boundary: exact, closes: false };
    if (closing >= 0) return { index: closing, boundary: closed as string, closes: true };
    return /[ \t]/.test(exact) ? this.#findLoosely(exact) : null;
  }

  #innermost(boundary: string): number {
    return this.#indexes.get(boundary)?.at(-1) ?? -1;
  }

  /** A boundary, and white space or hyphens behind it, and whatever else. */
  #findLoosely(line: string): Delimiter | null {
    let found: Delimiter | null = null;
    for (const [boundary, indexes] of this.#indexes) {
      const index = indexes.at(-1) as number;
      if ((found && found.index > index) || !line.startsWith(boundary)) continue;
      let at = boundary.length;
      while (at < line.length && isSpace(line.charCodeAt(at))) at++;
      const closes =
        line.startsWith('--', at) && (at + 2 === line.length || isSpace(line.charCodeAt(at + 2)));
      if (closes || at > boundary.length) found = { index, boundary, closes };
    }
    return found;
  }
}

/** What boundaries are made of, and more that mailers write; no white space. */
const boundaryLike = /^[!-~]{1,200}$/;

/**
 * The boundary of a line that begins a part although no header names it: one word, and behind it the field of a
 * part. Where nothing but white space came before, an empty line behind it will do. Null for other lines.
 */
export function guessBoundary(line: string, behind: () => string, first: boolean): string | null {
  const boundary = withoutTrailingSpace(line);
  if (!boundaryLike.test(boundary) || !/[0-9a-z]/i.test(boundary)) return null;
  const next = behind();
  if (/^content-[a-z-]{1,40}[ \t]{0,40}:/i.test(next)) return boundary;
  return first && withoutTrailingSpace(next) === '' ? boundary : null;
}
