/** A piece of an XML document, in its order. */
export type XmlToken =
  /** Names are as written, prefix included; attributes are decoded, namespace declarations are among them. */
  | { kind: 'open'; name: string; attributes: Record<string, string> }
  /** A piece of text as written: {@link decodeText} reads it, once it is whole. */
  | { kind: 'text'; bytes: Buffer }
  | { kind: 'close'; name: string };

/** What was read is not XML, or not XML that is read here. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}

/** A tag may be as long as this, and elements may lie in each other so deep; Exchange stays far below both. */
const longestMarkup = 64 * 1024;
const deepest = 100;

const less = 0x3c;
const greater = 0x3e;

/** The tokens of what arrives, one after the other. */
export interface XmlTokens {
  /** The next of what has arrived; undefined when that is used up, and {@link XmlTokens.more} must be waited for. */
  take(): XmlToken | undefined;
  /** Waits for more to arrive; false at the end. */
  more(): Promise<boolean>;
}

/**
 * Reads XML 1.0 in UTF-8 as it arrives, holding one tag at most, so that a text may be of any length. Well-formedness
 * of tags is enforced; documents that follow each other are read one after the other (GetStreamingEvents answers so).
 * There are no document types, and so no entities but the five (SOAP 1.1, section 3, forbids the former).
 * Taking and waiting throw {@link XmlError}, also where the document ends too early.
 */
export function readXml(chunks: AsyncIterable<Buffer>): XmlTokens {
  const arriving = chunks[Symbol.asyncIterator]();
  const open: string[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let tokens: Iterator<XmlToken> = [].values();

  function* tokensOf(buffer: Buffer): Generator<XmlToken> {
    let at = 0;
    while (at < buffer.length) {
      if (buffer[at] === less) {
        const end = endOfMarkup(buffer, at);
        if ((end ?? buffer.length) - at > longestMarkup) throw new XmlError('a tag is too long');
        if (end === null) break;
        yield* readMarkup(buffer.toString('utf8', at, end), open);
        at = end;
      } else {
        const next = buffer.indexOf(less, at);
        const end = next === -1 ? buffer.length : next;
        const bytes = buffer.subarray(at, end);
        if (open.length > 0) yield { kind: 'text', bytes };
        else if (!/^[\ufeff\s]*$/.test(bytes.toString())) throw new XmlError('text outside of any element');
        at = end;
      }
    }
    rest = buffer.subarray(at);
  }

  return {
    take: () => tokens.next().value,
    async more() {
      const { value, done } = await arriving.next();
      if (done && (rest.length > 0 || open.length > 0)) throw new XmlError('it ends too early');
      if (!done) tokens = tokensOf(rest.length === 0 ? value : Buffer.concat([rest, value]));
      return !done;
    },
  };
}

/** The next token, waited for if need be; null at the end. Take first: most have arrived already. */
export async function awaitToken(tokens: XmlTokens): Promise<XmlToken | null> {
  for (;;) {
    if (!(await tokens.more())) return null;
    const token = tokens.take();
    if (token) return token;
  }
}

/** Where the markup that begins at `at` ends; null when that is still to come. */
function endOfMarkup(buffer: Buffer, at: number): number | null {
  const begins = (text: string) => buffer.toString('latin1', at, at + text.length) === text;
  const after = (text: string) => {
    const found = buffer.indexOf(text, at, 'latin1');
    return found === -1 ? null : found + text.length;
  };
  if (begins('<!')) {
    if (buffer.length - at < '<![CDATA['.length) return null;
    if (begins('<!--')) return after('-->');
    if (begins('<![CDATA[')) return after(']]>');
    throw new XmlError('a document type');
  }
  if (begins('<?')) return after('?>');
  for (let quote = 0, i = at; i < buffer.length; i++) {
    const byte = buffer[i] as number;
    if (quote !== 0) {
      if (byte === quote) quote = 0;
    } else if (byte === 0x22 || byte === 0x27) quote = byte;
    else if (byte === greater) return i + 1;
  }
  return null;
}

const tag =
  /^<(\/?)([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>$/;
const attribute = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

function* readMarkup(markup: string, open: string[]): Generator<XmlToken> {
  if (markup.startsWith('<?') || markup.startsWith('<!--')) return;
  if (markup.startsWith('<![CDATA[')) {
    if (open.length === 0) throw new XmlError('text outside of any element');
    yield { kind: 'text', bytes: Buffer.from(escapeText(markup.slice('<![CDATA['.length, -']]>'.length))) };
    return;
  }
  const [, end, name = '', written = '', empty] = tag.exec(markup) ?? [];
  if (name === '' || (end && (written || empty))) throw new XmlError('a tag that is none');
  if (end) {
    if (open.pop() !== name) throw new XmlError('an element ends that was not begun');
    yield { kind: 'close', name };
    return;
  }
  yield { kind: 'open', name, attributes: readAttributes(written) };
  if (empty) {
    yield { kind: 'close', name };
    return;
  }
  open.push(name);
  if (open.length > deepest) throw new XmlError('elements lie too deep in each other');
}

function readAttributes(written: string): Record<string, string> {
  const attributes: Record<string, string> = Object.create(null);
  for (const [, name = '', double, single] of written.matchAll(attribute))
    attributes[name] = decodeText(double ?? single ?? '');
  return attributes;
}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Text as it was meant: the five entities and character references decoded. Throws {@link XmlError} for others. */
export function decodeText(written: string): string {
  if (!written.includes('&')) return written;
  return written.replace(/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(\w{1,8}));|&/g, (all, decimal, hex, name) => {
    if (name !== undefined && Object.hasOwn(entities, name)) return entities[name] as string;
    const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex, 16);
    if (Number.isNaN(code)) throw new XmlError(`an entity that is not one of the five: ${all.slice(0, 10)}`);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  });
}

/** Text as it is written in an element or a quoted attribute. */
export function escapeText(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
