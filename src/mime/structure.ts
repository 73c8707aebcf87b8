import { type Delimiter, guessBoundary } from './boundaries.ts';
import { createHeaderBlock } from './header-block.ts';
import type { Limits } from './limits.ts';
import { Multiparts, type Place } from './multiparts.ts';
import type { PartCount, Splitting, StructureEvents } from './part.ts';
import { SourceWindow } from './source-window.ts';

/**
 * Finds the parts of a message (RFC 2046 5.1) in bytes that come in pieces cut anywhere: header lines up to an
 * empty one, then a body, in which only lines that begin with two hyphens are looked at. Besides the header being
 * read no more than one such line is held.
 */
export class Structure {
  readonly #events: StructureEvents;
  readonly #limits: Limits;
  readonly #window = new SourceWindow();
  readonly #multiparts: Multiparts;
  /** `epilogue`: behind the closing boundary of a multipart; `beyond`: in parts beyond the limit. */
  #state: 'header' | 'body' | 'epilogue' | 'beyond' = 'header';
  /** The part being read. */
  #part: Place = { number: '', within: null, first: true, start: null, alternative: null };
  #header: ReturnType<typeof createHeaderBlock>;
  /** In a header: the line goes on, and what it is was decided. */
  #inLongLine = false;
  /** In the body of a multipart, before its first boundary. */
  #inPreamble = false;
  /** In which lines that look like a boundary may be taken for it. */
  #guessing = false;
  /** Only white space was given of this preamble or epilogue so far. */
  #blank = true;
  /** How far what lies behind the header of the message was given as a whole, by offset; -1 until that begins. */
  #given = -1;

  constructor(events: StructureEvents, limits: Limits, count: PartCount) {
    this.#events = events;
    this.#limits = limits;
    this.#multiparts = new Multiparts(limits, events.defect, count);
    this.#header = this.#newHeader();
  }

  /** What comes is the body of a multipart, not a message. To be called first. */
  within(multipart: Splitting & { number: string }): void {
    this.#window.beginInBody();
    this.#openMultipart(multipart);
  }

  /** Takes the next bytes; they may be reused once this returns. */
  write(chunk: Uint8Array): void {
    this.#window.add(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#run();
  }

  /** The source is complete. */
  end(): void {
    this.#window.complete = true;
    this.#run();
    this.#endBody(-1);
    this.#multiparts.end();
  }

  #run(): void {
    while (this.#state === 'header' ? this.#scanHeader() : this.#scanBody());
    this.#giveWhole();
    this.#window.slide();
  }

  /** Gives what was dealt with behind the header of the message, once. */
  #giveWhole(): void {
    const { offset } = this.#window;
    if (this.#given < 0 || this.#given >= offset) return;
    this.#events.afterHeader(this.#window.from(this.#given));
    this.#given = offset;
  }

  #newHeader() {
    const { number, within } = this.#part;
    return createHeaderBlock(within === null, this.#limits, (code) => this.#events.defect(code, number));
  }

  /** Goes through header lines; true once the body begins. */
  #scanHeader(): boolean {
    const window = this.#window;
    if (window.lineEnd === 0) {
      if (!window.findLineEnd()) return false;
      if (window.hasBareCarriageReturns()) this.#events.defect('carriage-return-lines');
    }
    const start = window.at;
    while (window.at < window.bytes.length) {
      const { at } = window;
      const end = window.endOf(at);
      if (!this.#inLongLine) {
        if (window.isUndecided(at, end)) break;
        if (window.isEmptyLine(at, end)) return this.#beginBody(start, at, end + 1);
        if (this.#delimiterAt(at, end)) return this.#beginBody(start, at, at);
      }
      this.#inLongLine = end < 0;
      const next = window.behind(end);
      const room = start + this.#header.room();
      if (next > room) {
        this.#header.add(window.bytes.subarray(start, room));
        if (!this.#header.cut(window.lineEnd)) return this.#beginBody(room, room, room);
      }
      window.at = next;
    }
    if (window.complete) return this.#beginBody(start, window.at, window.at);
    this.#header.add(window.bytes.subarray(start, window.at));
    return false;
  }

  /** The header's last lines are those from `from` to `to`; the body begins at `bodyStart`, or had begun before. */
  #beginBody(from: number, to: number, bodyStart: number): true {
    const window = this.#window;
    const { number, within } = this.#part;
    this.#header.add(window.bytes.subarray(from, to));
    const { header, body } = this.#header.read(window.lineEnd, bodyStart > to);
    if (body.length > 0) {
      window.at = to;
      this.#giveWhole();
      window.putBack(body);
    } else window.at = bodyStart;
    if (within === null) this.#given = window.offset;
    const divisible = this.#multiparts.depth < this.#limits.depth;
    const multipart = this.#events.begin({ ...this.#part, offset: window.offset, divisible }, header);
    window.atLine = true;
    this.#state = 'body';
    this.#inPreamble = false;
    if (multipart) this.#openMultipart({ ...multipart, number });
    return true;
  }

  #openMultipart(multipart: Splitting & { number: string }): void {
    this.#multiparts.open(multipart);
    this.#state = 'body';
    this.#inPreamble = true;
    this.#guessing = multipart.guess;
    this.#blank = true;
  }

  /** Gives the body up to the next delimiter; true when there was one. */
  #scanBody(): boolean {
    const window = this.#window;
    for (let from = window.at; this.#multiparts.expected; ) {
      const start = window.findHyphens(from);
      if (start < 0) break;
      const end = window.endOf(start);
      const undecided = window.isUndecided(start, end) || (this.#guesses() && window.isNextUndecided(end));
      const delimiter = undecided ? null : this.#delimiterOrGuessAt(start, end);
      if (undecided || delimiter) this.#giveBody(window.lineBreakBefore(start));
      if (undecided) return false;
      if (delimiter && this.#goesOn(delimiter)) {
        window.at = window.behind(end);
        this.#pass(delimiter);
        return true;
      }
      from = end < 0 ? window.bytes.length : end;
    }
    const whole = !this.#multiparts.expected || window.complete;
    this.#giveBody(whole ? window.bytes.length : window.startOfTail());
    return false;
  }

  /** A multipart that was closed goes on only where nothing came between. */
  #goesOn(delimiter: Delimiter): boolean {
    if (this.#blank || !this.#multiparts.isClosed(delimiter)) return true;
    this.#multiparts.forgetClosed();
    return false;
  }

  #giveBody(to: number): void {
    if (to <= this.#window.at) return;
    const bytes = this.#window.take(to);
    if (this.#state === 'body') this.#events.body(bytes);
    if (this.#blank && (this.#state === 'epilogue' || this.#beforeParts()) && !isBlank(bytes)) {
      this.#blank = false;
      if (this.#state === 'epilogue') this.#events.defect('epilogue-not-empty');
    }
  }

  /** Goes on behind a delimiter: in the header of the part that begins there, if one does. */
  #pass(delimiter: Delimiter): void {
    this.#window.atLine = true;
    if (this.#beforeParts() && this.#multiparts.closesNothing(delimiter)) {
      this.#events.defect('boundary-closed-early', this.#multiparts.number);
      return;
    }
    this.#endBody(delimiter.index);
    const part = this.#multiparts.pass(delimiter);
    this.#inPreamble = false;
    this.#blank = true;
    if (!part) {
      this.#state = delimiter.closes ? 'epilogue' : 'beyond';
      return;
    }
    this.#state = 'header';
    this.#part = part;
    this.#header = this.#newHeader();
    this.#inLongLine = false;
  }

  /** The body being read ends at a delimiter of the multipart at `index`, or with the message (-1). */
  #endBody(index: number): void {
    if (this.#state !== 'body') return;
    if (this.#inPreamble && index === this.#multiparts.depth - 1) this.#events.divide();
    else this.#events.end();
  }

  #delimiterAt(start: number, end: number): Delimiter | null {
    const line = this.#multiparts.expected ? this.#window.hyphenatedLine(start, end) : null;
    return line === null ? null : this.#multiparts.findDelimiter(line);
  }

  #beforeParts(): boolean {
    return this.#inPreamble && this.#state === 'body';
  }

  #guesses(): boolean {
    return this.#guessing && this.#beforeParts();
  }

  #delimiterOrGuessAt(start: number, end: number): Delimiter | null {
    const window = this.#window;
    const line = window.hyphenatedLine(start, end);
    if (line === null) return null;
    const delimiter = this.#multiparts.findDelimiter(line);
    if (delimiter || !this.#guesses() || end < 0) return delimiter;
    const blank = this.#blank && isBlank(window.bytes.subarray(window.at, start));
    const boundary = guessBoundary(line, () => window.lineBehind(end), blank);
    this.#blank = false;
    if (boundary === null) return null;
    this.#multiparts.adopt(boundary);
    return this.#multiparts.findDelimiter(line);
  }
}

function isBlank(bytes: Buffer): boolean {
  let at = 0;
  while (
    at < bytes.length &&
    (bytes[at] === 0x20 || ((bytes[at] as number) >= 0x09 && (bytes[at] as number) <= 0x0d))
  )
    at++;
  return at === bytes.length;
}
