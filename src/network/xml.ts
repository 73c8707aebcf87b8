import sax from 'sax';

/** A piece of an XML document, in its order. */
export type XmlToken =
  /** Names are as written, prefix included; attributes are decoded, namespace declarations are among them. */
  | { kind: 'open'; name: string; attributes: Record<string, string> }
  /** A piece of text as written: {@link decodeText} reads it, once it is whole. */
  | { kind: 'text'; text: string }
  | { kind: 'close'; name: string };

/** What was read is not XML, or not XML that is read here. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}

/** A tag may be as long as this, and elements may lie in each other so deep; Exchange stays far below both. */
const longestMarkup = 64 * 1024;
const deepest = 100;

/** The tokens of what arrives, one after the other. */
export interface XmlTokens {
  /** The next of what has arrived; undefined when that is used up, and {@link XmlTokens.more} must be waited for. */
  take(): XmlToken | undefined;
  /** Waits for more to arrive; false at the end. */
  more(): Promise<boolean>;
}

/**
 * Reads XML 1.0 in UTF-8 as it arrives, holding one piece and one tag at most, so that a text may be of any length.
 * Well-formedness of tags is enforced; documents that follow each other are read one after the other
 * (GetStreamingEvents answers so). There are no document types, and so no entities but the five (SOAP 1.1, section 3,
 * forbids the former). Taking and waiting throw {@link XmlError}, also where the document ends too early.
 */
export function readXml(chunks: AsyncIterable<Buffer>): XmlTokens {
  const arriving = chunks[Symbol.asyncIterator]();
  const utf8 = new TextDecoder();
  const tokenizer = new Tokenizer();
  let tokens: Iterator<XmlToken> = [].values();
  let failure: XmlError | null = null;
  return {
    take: () => tokens.next().value,
    async more() {
      if (failure) throw failure;
      const { value, done } = await arriving.next();
      if (done) tokenizer.end();
      else ({ tokens, failure } = tokenizer.read(utf8.decode(value, { stream: true })));
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

/** What sax reads, as tokens. It is let neither declare documents nor look up entities. */
class Tokenizer {
  readonly #parser = new sax.SAXParser(true, { position: false });
  #tokens: XmlToken[] = [];
  #depth = 0;
  /** Characters since the last whole tag, text or comment. */
  #pending = 0;
  #isMoving = false;
  #hasEnded = false;

  constructor() {
    const parser = this.#parser;
    // Documents that follow each other lie in one that never ends.
    parser.write('<documents>');
    // References stay as written: they are decoded with the text around them.
    parser.ENTITIES = new Proxy({}, { get: (_, name) => `&${String(name)};` });
    parser.onerror = ({ message }) => {
      // Some quote a name behind a colon.
      throw new XmlError(message.replace(/[:\n].*/s, ''));
    };
    parser.ontext = (text) => this.#text(text);
    parser.oncdata = (text) => this.#text(escapeText(text));
    parser.oncomment = parser.onprocessinginstruction = () => this.#moved();
    parser.onsgmldeclaration = () => {
      throw new XmlError('a document type');
    };
    parser.onopentag = (tag) => this.#open(tag as sax.Tag);
    parser.onclosetag = (name) => this.#close(name);
  }

  /** The tokens of the next piece; those before a failure are good. */
  read(piece: string): { tokens: Iterator<XmlToken>; failure: XmlError | null } {
    this.#tokens = [];
    const failure = this.#attempt(() => {
      this.#isMoving = false;
      this.#parser.write(piece);
      this.#parser.flush();
      this.#pending = this.#isMoving ? 0 : this.#pending + piece.length;
      if (this.#pending > longestMarkup) throw new XmlError('a tag is too long');
    });
    return { tokens: this.#tokens.values(), failure };
  }

  /** Throws where a document has not ended. */
  end(): void {
    this.#hasEnded = true;
    if (this.#depth > 0 || this.#attempt(() => this.#parser.write('</documents>').close()))
      throw new XmlError('it ends too early');
  }

  #attempt(work: () => void): XmlError | null {
    try {
      work();
      return null;
    } catch (error) {
      // It trips over attributes that are named as what objects inherit.
      return error instanceof XmlError ? error : new XmlError('a tag that is none');
    }
  }

  #moved(): void {
    this.#isMoving = true;
  }

  #text(text: string): void {
    this.#moved();
    if (this.#depth > 0) this.#tokens.push({ kind: 'text', text });
    else if (!/^[\ufeff\s]*$/.test(text)) throw new XmlError('text outside of any element');
  }

  #open({ name, attributes: written }: sax.Tag): void {
    this.#moved();
    if (++this.#depth > deepest) throw new XmlError('elements lie too deep in each other');
    const attributes: Record<string, string> = Object.create(null);
    let length = name.length;
    for (const [key, value] of Object.entries(written)) {
      length += key.length + value.length;
      if (value.includes('<')) throw new XmlError('a tag that is none');
      attributes[key] = decodeText(value);
    }
    if (length > longestMarkup) throw new XmlError('a tag is too long');
    this.#tokens.push({ kind: 'open', name, attributes });
  }

  #close(name: string): void {
    this.#moved();
    if (this.#depth === 0) {
      if (!this.#hasEnded) throw new XmlError('an element ends that was not begun');
      return;
    }
    this.#depth--;
    this.#tokens.push({ kind: 'close', name });
  }
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
