import type { TextWriter } from './text-writer.ts';

/** Bullets are set in as far as so many levels. */
const mostLevels = 10;

/** What begins on a line of its own. */
const blocks = new Set(
  'address article aside body caption center dd div dt fieldset figcaption figure footer form header html legend li main nav option section tr'.split(
    ' ',
  ),
);
/** What is parted from the rest by an empty line. */
const paragraphs = new Set('blockquote dl h1 h2 h3 h4 h5 h6 hr ol p pre table ul'.split(' '));
/** What holds no text to be shown. */
const hidden = new Set('script style template title noframes iframe object svg'.split(' '));

/** Writes what the elements of html make of the text in them. Counts how they are nested, and keeps no tree. */
export class HtmlElements {
  readonly #writer: TextWriter;
  /** Within an element that is not shown. */
  #hidden: string | null = null;
  #preformatted = 0;
  /** The lists around, each with the number of its last item; null where items have none. */
  readonly #lists: (number | null)[] = [];
  #link: { target: string; from: number } | null = null;

  constructor(writer: TextWriter) {
    this.#writer = writer;
  }

  text(characters: string): void {
    if (this.#hidden !== null) return;
    if (this.#preformatted > 0) this.#writer.writeLines(characters);
    else this.#writer.flow(characters);
  }

  open(name: string, attributes: ReadonlyMap<string, string>): void {
    if (this.#hidden !== null) return;
    const writer = this.#writer;
    if (hidden.has(name)) this.#hidden = name;
    this.#part(name);
    if (name === 'br') writer.newLine();
    else if (name === 'hr') writer.write('----------');
    else if (name === 'li') this.#beginItem();
    else if (name === 'td' || name === 'th') writer.flow(' ');
    else if (name === 'ul' || name === 'ol') this.#lists.push(name === 'ol' ? 0 : null);
    else if (name === 'pre') this.#preformatted++;
    else if (name === 'blockquote') writer.quote(1);
    else if (name === 'img') writer.flow(` ${attributes.get('alt') ?? ''} `);
    else if (name === 'a') this.#beginLink(attributes.get('href') ?? '');
    if (name === 'hr') this.#part(name);
  }

  close(name: string): void {
    if (this.#hidden !== null && this.#hidden !== name) return;
    this.#hidden = null;
    if (name === 'a') this.#endLink();
    if (name === 'ul' || name === 'ol') this.#lists.pop();
    if (name === 'pre' && this.#preformatted > 0) this.#preformatted--;
    this.#part(name);
    if (name === 'blockquote') this.#writer.quote(-1);
  }

  #part(name: string): void {
    if (blocks.has(name)) this.#writer.breakLine(1);
    if (paragraphs.has(name)) this.#writer.breakLine(this.#lists.length > 0 ? 1 : 2);
  }

  #beginItem(): void {
    const lists = this.#lists;
    const last = lists.at(-1) ?? null;
    if (last !== null) lists[lists.length - 1] = last + 1;
    const indent = '  '.repeat(Math.max(0, Math.min(lists.length, mostLevels) - 1));
    this.#writer.write(`${indent}${last === null ? '*' : `${last + 1}.`} `);
  }

  #beginLink(target: string): void {
    this.#endLink();
    this.#link = { target: target.trim(), from: this.#writer.mark() };
  }

  /** Where a link leads is written behind it, unless that is what it says. */
  #endLink(): void {
    const link = this.#link;
    this.#link = null;
    if (!link || !/^https?:\/\//i.test(link.target)) return;
    const said = this.#writer.since(link.from).trim();
    if (said !== '' && withoutSlash(said) !== withoutSlash(link.target))
      this.#writer.write(` <${link.target}>`);
  }
}

function withoutSlash(address: string): string {
  return address.endsWith('/') ? address.slice(0, -1) : address;
}
