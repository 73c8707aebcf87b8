import { withoutTrailingSpace } from './boundaries.ts';

/** Quote marks are written as far as so many levels. */
const mostLevels = 10;

/** Soft hyphen, grapheme joiner, zero width space, zero width no-break space: what fills the previews of newsletters. */
const noWidth = /\u00ad|\u034f|\u200b|\ufeff/g;

/** Puts text together, with the line breaks and spaces that are due before the next character and no others. */
export class TextWriter {
  readonly #pieces: string[] = [];
  /** Line breaks that are due, and a space. */
  #breaks = 0;
  #spaced = false;
  #depth = 0;
  /** How deep what was written last was quoted. */
  #lastDepth = 0;

  write(characters: string): void {
    if (characters === '') return;
    const pieces = this.#pieces;
    const empty = pieces.length === 0;
    if (!empty && this.#breaks > 0) {
      const between = quoteMarks(Math.min(this.#depth, this.#lastDepth));
      pieces.push(`\n${`${between}\n`.repeat(this.#breaks - 1)}`);
    }
    if (empty || this.#breaks > 0) pieces.push(quoteMarks(this.#depth));
    else if (this.#spaced) pieces.push(' ');
    pieces.push(characters);
    this.#breaks = 0;
    this.#spaced = false;
    this.#lastDepth = this.#depth;
  }

  /** Text in which white space only parts words. No-break spaces are spaces that stay; marks of no width go. */
  flow(characters: string): void {
    const words = characters.replace(noWidth, '').replace(/[ \t\r\n\f]+/g, ' ');
    if (words.startsWith(' ')) this.#spaced = true;
    this.write(trimSpaces(words).replaceAll('\u00a0', ' '));
    if (words.endsWith(' ')) this.#spaced = true;
  }

  /** Text whose lines are to stay. */
  writeLines(characters: string): void {
    const [first = '', ...others] = characters.split(/\r?\n/);
    this.write(first);
    for (const line of others) {
      this.newLine();
      this.write(line);
    }
  }

  /** At least so many line breaks are due. */
  breakLine(count: number): void {
    this.#breaks = Math.max(this.#breaks, count);
  }

  /** One more line break is due, as far as that makes no more than two empty lines. */
  newLine(): void {
    this.#breaks = Math.min(this.#breaks + 1, 3);
  }

  /** Text that comes is quoted so many levels deeper, or less deep. */
  quote(levels: number): void {
    this.#depth = Math.max(0, this.#depth + levels);
  }

  /** A place in the text, from which {@link since} gives what was written. */
  mark(): number {
    return this.#pieces.length;
  }

  since(place: number): string {
    return this.#pieces.slice(place).join('');
  }

  text(): string {
    const lines = this.#pieces.join('').split('\n').map(withoutTrailingSpace);
    return lines
      .join('\n')
      .replace(/\n{4,}/g, '\n\n\n')
      .toWellFormed();
  }
}

function quoteMarks(depth: number): string {
  return '> '.repeat(Math.min(depth, mostLevels));
}

function trimSpaces(words: string): string {
  const start = words.startsWith(' ') ? 1 : 0;
  return words.slice(start, words.length > 1 && words.endsWith(' ') ? -1 : undefined);
}
