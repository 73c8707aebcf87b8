import { awaitToken, XmlError, type XmlToken, type XmlTokens } from '../../network/xml.ts';
import { localName, readElement, textOf, type XmlElement } from '../../network/xml-element.ts';
import { createBase64Decoder } from './base64.ts';
import { faultOf, Refusal, refusalOf } from './refusal.ts';

/** The answer about one item, in the order of asking. */
export type ItemAnswer = { content: Content } | { refusal: Refusal };

/** The next piece of a message; null at its end, which must be reached before the next answer is asked for. */
export type Content = () => Promise<Buffer | null>;

/**
 * Reads a GetItem answer whose items carry their MIME, as it arrives: nothing is held but the piece at hand. What was
 * left of a content is passed over. Throws the {@link Refusal} of a fault, and {@link XmlError}.
 */
export async function* readMimeAnswer(tokens: XmlTokens): AsyncGenerator<ItemAnswer> {
  for (;;) {
    const token = tokens.take() ?? (await awaitToken(tokens));
    if (!token) return;
    if (token.kind !== 'open') continue;
    const name = localName(token.name);
    if (name === 'Fault') throw faultOf(await readElement(tokens, token));
    if (name === 'GetItemResponseMessage') yield* readItem(tokens, token);
  }
}

/** One response message. Its code comes before its items, and an item's MimeContent before all else of it. */
async function* readItem(
  tokens: XmlTokens,
  begun: Extract<XmlToken, { kind: 'open' }>,
): AsyncGenerator<ItemAnswer> {
  const message: XmlElement = {
    name: localName(begun.name),
    attributes: begun.attributes,
    children: [],
    text: '',
  };
  let given = false;
  for (let depth = 1; depth > 0; ) {
    const token = tokens.take() ?? (await awaitToken(tokens));
    if (!token) throw new XmlError('it ends too early');
    if (token.kind === 'close') depth--;
    if (token.kind !== 'open') continue;
    const name = localName(token.name);
    if (name === 'MimeContent') {
      const content = readContent(tokens);
      given = true;
      yield { content };
      while ((await content()) !== null);
    } else if (name === 'Items' || depth > 1) depth++;
    else message.children.push(await readElement(tokens, token));
  }
  if (given) return;
  const code = textOf(message, 'ResponseCode');
  yield { refusal: refusalOf(message) ?? new Refusal(code, 'an item without its MIME') };
}

/** What is in a MimeContent element (base64Binary), up to and with its end. */
function readContent(tokens: XmlTokens): Content {
  const decoder = createBase64Decoder();
  let ended = false;
  return async () => {
    while (!ended) {
      const token = tokens.take() ?? (await awaitToken(tokens));
      if (token?.kind === 'text') {
        const bytes = decode(() => decoder.write(Buffer.from(token.text)));
        if (bytes.length > 0) return bytes;
      } else if (token?.kind === 'close') {
        decode(() => decoder.end());
        ended = true;
      } else throw new XmlError('MIME content that is no text');
    }
    return null;
  };
}

function decode<T>(work: () => T): T {
  try {
    return work();
  } catch {
    throw new XmlError('MIME content that is no base64');
  }
}
