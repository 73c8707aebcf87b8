import { mostBoundaries } from './boundaries.ts';
import type { Report } from './defects.ts';
import { type Field, readFieldValues } from './fields.ts';
import type { Limits } from './limits.ts';
import { parseStructuredField } from './structured-field.ts';

export interface Header {
  fields: Field[];
  /**
   * Where in the block the body begins already, since the lines from there on are no fields: the empty line
   * between header and body is missing. The block's length when all of it is header.
   */
  bodyAt: number;
  /** The first field is `From : a@example.com`, with white space before its colon. */
  beginsWithSpacedFrom: boolean;
}

/** RFC 5322 2.2: printable ASCII but the colon; 4.5 allows white space before the colon. */
const fieldStart = /([!-9;-~]+)[ \t]*:/y;

/** A line that an mbox puts before a mail; `From : a@example.com` is a field. */
const mboxLine = />From |From (?![ \t]*:)/y;
const spacedFrom = /From [ \t]*:/y;

/** A line that goes on with a field of parameters although it is not folded. */
const parameterStart = /[\w*-]+[ \t]*=/y;
const afterSemicolon = /;[ \t]*\r{0,2}\n$/;

/**
 * Fields that tell a header from text when lines before them are no fields: "Note: see you" may stand in a letter.
 */
const familiar =
  /^(?:from|to|cc|bcc|sender|reply-to|subject|date|message-id|in-reply-to|references|received|return-path|delivered-to|mime-version|keywords|importance|(?:x-)?priority|precedence|organization|user-agent|errors-to|authentication-results|(?:x|content|list|resent|arc|dkim|received|auto)-.+)$/;

/** What a header block is the header of, and whether an empty line ends it. */
export interface HeaderKind {
  ofMessage: boolean;
  closed: boolean;
}

/**
 * Reads a header block: all lines before the empty one. For a message's own header (not a part's) a byte order
 * mark and an mbox line may come first.
 *
 * A line that is no field may be a slip, or the body may have begun without an empty line. It is a slip when a
 * field follows that only headers have, or when it is the last before the empty line in the header of a part: mail
 * servers mend the header of a message, not those of its parts. Else the body begins there, and nothing is lost.
 */
export function readHeader(block: Buffer, kind: HeaderKind, limits: Limits, report: Report): Header {
  // One character a byte, so that positions in the text are positions in the block.
  const text = block.toString('latin1');
  const start = kind.ofMessage ? skipEnvelope(text, report) : 0;
  const fields: Field[] = [];
  const keep = (field: Field) => {
    if (fields.length < limits.headerFields) fields.push(field);
    else report('header-fields-too-many');
  };
  // The first line that is no field, since the last field that proved it a slip; and the fields behind it.
  let strange = -1;
  let doubtful: Field[] = [];
  const ownBoundary = createBoundaryFinder();
  let divided = false;
  let last = start;
  for (let at = start, end: number; at < text.length; at = end) {
    last = at;
    if (ownBoundary.isAt(text, at)) {
      if (strange < 0) strange = at;
      divided = true;
      break;
    }
    end = endOfField(text, at, report);
    const field = splitField(text, at, end);
    if (field === null) {
      if (strange < 0) strange = at;
      continue;
    }
    ownBoundary.look(field);
    if (strange >= 0 && familiar.test(field.key)) {
      report('header-line-malformed');
      doubtful.forEach(keep);
      doubtful = [];
      strange = -1;
    }
    if (strange < 0) keep(field);
    else if (doubtful.length < limits.headerFields) doubtful.push(field);
  }
  if (strange === last && !divided && kind.closed && !kind.ofMessage && fields.length > 0) {
    report('header-line-malformed');
    strange = -1;
  }

  if (kind.ofMessage && fields.length === 0) report('header-missing');
  else if (strange >= 0) report('header-end-missing');
  readFieldValues(fields, block, report);
  spacedFrom.lastIndex = start;
  const beginsWithSpacedFrom = kind.ofMessage && spacedFrom.test(text);
  const bodyAt = fields.length === 0 ? start : strange;
  return { fields, bodyAt: strange < 0 ? block.length : bodyAt, beginsWithSpacedFrom };
}

/** Tells the first boundary of a multipart whose header has no empty line. */
function createBoundaryFinder() {
  const written: string[] = [];
  let boundaries: string[] | undefined;
  return {
    look({ key, value }: Field): void {
      if (key !== 'content-type' || written.length >= mostBoundaries) return;
      written.push(value);
      boundaries = undefined;
    },
    isAt(text: string, at: number): boolean {
      if (written.length === 0 || !text.startsWith('--', at)) return false;
      boundaries ??= written.map((value) => parseStructuredField(value).parameters.get('boundary') ?? '');
      return boundaries.some((boundary) => boundary !== '' && text.startsWith(boundary, at + 2));
    },
  };
}

/** Where the text behind a byte order mark and an mbox line begins. */
function skipEnvelope(text: string, report: Report): number {
  let at = 0;
  if (text.startsWith('\xef\xbb\xbf')) {
    report('byte-order-mark');
    at = 3;
  }
  mboxLine.lastIndex = at;
  if (mboxLine.test(text)) {
    report('mbox-line');
    const end = text.indexOf('\n', at);
    at = end < 0 ? text.length : end + 1;
  }
  return at;
}

/** Behind the line that begins at `from` and those that belong to it. */
function endOfField(text: string, from: number, report: Report): number {
  for (let at = from; ; ) {
    const lineFeed = text.indexOf('\n', at);
    if (lineFeed < 0) return text.length;
    const line = at;
    at = lineFeed + 1;
    if (text[at] === ' ' || text[at] === '\t') continue;
    parameterStart.lastIndex = at;
    const folded = parameterStart.test(text) && afterSemicolon.test(text.slice(Math.max(line, at - 10), at));
    if (!folded) return at;
    report('folding-missing');
  }
}

/** The field between two positions, its value as it lies there; null when it is none. */
function splitField(text: string, from: number, to: number): Field | null {
  fieldStart.lastIndex = from;
  const name = fieldStart.exec(text)?.[1];
  return name === undefined
    ? null
    : { name, key: name.toLowerCase(), value: text.slice(fieldStart.lastIndex, to) };
}
