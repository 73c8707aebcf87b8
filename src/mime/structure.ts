import { type Delimiter, findDelimiter, longestDelimiterLine, type OpenMultipart } from './boundaries.ts';
import { createHeaderBlock } from './header-block.ts';
import { createJoint } from './joint.ts';
import type { Limits } from './limits.ts';
import { findLineEnd } from './line-ends.ts';
import type { StructureEvents } from './part.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const hyphen = 0x2d;
const nothing: Buffer = Buffer.alloc(0);

/**
 * Finds the parts of a message (RFC 2046 5.1) in bytes that come in pieces cut anywhere: header lines up to an
 * empty one, then a body, in which only lines that begin with two hyphens are looked at. Besides the header being
 * read no more than one such line is held.
 */
export function createStructure(events: StructureEvents, limits: Limits) {
  /** The bytes at hand, where in the source they begin, and how far they are dealt with. */
  let data = nothing;
  let base = 0;
  let at = 0;
  const join = createJoint();
  /** The byte that ends lines; 0 until the first line shows it. */
  let lineEnd = 0;
  /** `between`: behind the closing boundary of a multipart, or in parts beyond the limit. */
  let state: 'header' | 'body' | 'between' = 'header';
  const open: OpenMultipart[] = [];
  let parts = 0;

  /** The part being read. */
  let number = '';
  let within: string | null = null;
  /** In its header. */
  let block = startHeader();
  let inLongLine = false;
  /** Behind a header or delimiter: none of the bytes there were given yet. */
  let fresh = false;
  /** In the body of a multipart, before its first boundary. */
  let preamble = false;

  /** Where the body of the message begins, once known, and how far it was given as a whole. */
  let bodyFrom = -1;
  let given = 0;

  function run(input: Buffer, final: boolean): void {
    data = input;
    at = 0;
    while (state === 'header' ? scanHeader(final) : scanBody(final));
    giveRest();
    base += at;
    data = at === data.length ? nothing : Buffer.from(data.subarray(at));
  }

  /** Gives what was dealt with behind the header of the message, once. */
  function giveRest(): void {
    if (bodyFrom < 0 || given >= base + at) return;
    events.afterHeader(data.subarray(Math.max(bodyFrom, given) - base, at));
    given = base + at;
  }

  function startHeader() {
    return createHeaderBlock(within === null, limits, (code) => events.defect(code, number));
  }

  /** Goes through header lines; true once the body begins. */
  function scanHeader(final: boolean): boolean {
    if (lineEnd === 0) {
      lineEnd = findLineEnd(data, final);
      if (lineEnd === carriageReturn) events.defect('carriage-return-lines');
      if (lineEnd === 0) return false;
    }
    const start = at;
    while (at < data.length) {
      const end = data.indexOf(lineEnd, at);
      if (!inLongLine) {
        if (end < 0 && !final && data.length - at < longestDelimiterLine) break;
        if (isEmptyLine(at, end)) return beginBody(start, at, end + 1);
        if (delimiterAt(at, end)) return beginBody(start, at, at);
      }
      inLongLine = end < 0;
      const next = end < 0 ? data.length : end + 1;
      const room = start + block.room();
      if (next > room) {
        block.add(data.subarray(start, room));
        if (!block.cut(lineEnd)) return beginBody(room, room, room);
      }
      at = next;
    }
    if (final) return beginBody(start, at, at);
    block.add(data.subarray(start, at));
    return false;
  }

  /** The header's last lines are those from `from` to `to`; the body begins at `bodyStart`, or had begun before. */
  function beginBody(from: number, to: number, bodyStart: number): true {
    block.add(data.subarray(from, to));
    const { header, body } = block.read(lineEnd, bodyStart > to);
    if (body.length > 0) {
      at = to;
      giveRest();
      data = Buffer.concat([body, data.subarray(to)]);
      base += to - body.length;
      at = 0;
    } else {
      at = bodyStart;
    }
    if (within === null) bodyFrom = base + at;
    const divisible = open.length < limits.depth;
    const multipart = events.begin({ number, offset: base + at, within, divisible }, header);
    if (multipart) open.push({ ...multipart, number, parts: 0 });
    preamble = multipart !== null;
    fresh = true;
    state = 'body';
    return true;
  }

  /** Gives the body up to the next delimiter; true when there was one. */
  function scanBody(final: boolean): boolean {
    for (let from = at; open.length > 0; ) {
      const start = findHyphens(from);
      if (start < 0) break;
      const end = data.indexOf(lineEnd, start);
      const undecided = end < 0 && !final && data.length - start < longestDelimiterLine;
      const delimiter = undecided ? null : delimiterAt(start, end);
      if (undecided || delimiter) giveBody(lineBreakBefore(start));
      if (undecided) return false;
      if (delimiter) {
        at = end < 0 ? data.length : end + 1;
        enter(delimiter);
        return true;
      }
      from = end < 0 ? data.length : end;
    }
    giveBody(open.length === 0 || final ? data.length : startOfTail());
    return false;
  }

  /** Where the next line begins with two hyphens; -1 when there is none. */
  function findHyphens(from: number): number {
    let start = data.indexOf('--', from, 'latin1');
    while (start >= 0) {
      if (start === at ? fresh : data[start - 1] === lineEnd) return start;
      const end = data.indexOf(lineEnd, start);
      start = end < 0 ? -1 : data.indexOf('--', end, 'latin1');
    }
    return -1;
  }

  /** The line break before a delimiter belongs to it (RFC 2046 5.1.1). */
  function lineBreakBefore(index: number): number {
    if (index <= at || data[index - 1] !== lineEnd) return index;
    const pair = lineEnd === lineFeed && index - 1 > at && data[index - 2] === carriageReturn;
    return pair ? index - 2 : index - 1;
  }

  /** Where the end of `data` begins that may turn out to belong to a delimiter. */
  function startOfTail(): number {
    const end = data.length;
    if (end === at) return end;
    if (data[end - 1] === carriageReturn) return end - 1;
    const hyphenated = data[end - 1] === hyphen && (end - 1 === at ? fresh : data[end - 2] === lineEnd);
    return lineBreakBefore(hyphenated ? end - 1 : end);
  }

  function giveBody(to: number): void {
    if (to <= at) return;
    if (state === 'body') events.body(data.subarray(at, to));
    fresh = false;
    at = to;
  }

  function enter({ index, closes }: Delimiter): void {
    endBody(index);
    while (open.length - 1 > index) close();
    const multipart = open[index] as OpenMultipart;
    state = 'between';
    fresh = true;
    if (closes) {
      open.pop();
    } else if (parts === limits.parts) {
      events.defect('parts-too-many');
    } else {
      parts++;
      multipart.parts++;
      number = multipart.number === '' ? String(multipart.parts) : `${multipart.number}.${multipart.parts}`;
      within = multipart.type;
      block = startHeader();
      inLongLine = false;
      state = 'header';
    }
  }

  /** The body being read ends at a delimiter of the multipart at `index`, or with the message (-1). */
  function endBody(index: number): void {
    if (state !== 'body') return;
    if (preamble && index === open.length - 1) events.divide();
    else events.end();
  }

  /** The innermost multipart ends without its closing boundary. */
  function close(): void {
    const multipart = open.pop();
    if (multipart && multipart.parts > 0) events.defect('boundary-not-closed', multipart.number);
  }

  function delimiterAt(start: number, end: number): Delimiter | null {
    if (open.length === 0 || data[start] !== hyphen || data[start + 1] !== hyphen) return null;
    const stop = Math.min(end < 0 ? data.length : end, start + longestDelimiterLine);
    return findDelimiter(data.toString('latin1', start + 2, stop), open);
  }

  /** A line end; a line feed also behind one or two carriage returns. */
  function isEmptyLine(start: number, end: number): boolean {
    if (end < 0 || end - start > 2) return false;
    for (let index = start; index < end; index++) if (data[index] !== carriageReturn) return false;
    return true;
  }

  return {
    write(chunk: Uint8Array): void {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      run(join(data, bytes), false);
    },
    end(): void {
      run(data, true);
      endBody(-1);
      while (open.length > 0) close();
    },
  };
}
