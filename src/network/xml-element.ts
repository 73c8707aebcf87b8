import { awaitToken, decodeText, XmlError, type XmlToken, type XmlTokens } from './xml.ts';

/**
 * An element held whole. Names are without their prefix: of all that is asked for here no two differ only in their
 * namespace.
 */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  /** What stands directly in it. */
  text: string;
}

/** The longest answer that is held, in characters; 512 changes of a folder are some 300 kB. */
const longest = 16 * 1024 * 1024;

export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** The rest of an element whose opening tag was just read. Throws {@link XmlError} when it is too long to be held. */
export async function readElement(
  tokens: XmlTokens,
  begun: Extract<XmlToken, { kind: 'open' }>,
): Promise<XmlElement> {
  const root = createElement(begun);
  const open = [root];
  let length = 0;
  for (let last = open.at(-1); last; last = open.at(-1)) {
    const token = tokens.take() ?? (await awaitToken(tokens));
    if (!token) throw new XmlError('it ends too early');
    length += lengthOf(token);
    if (length > longest) throw new XmlError('the answer is too long');
    if (token.kind === 'text') last.text += token.text;
    else if (token.kind === 'open') {
      const element = createElement(token);
      last.children.push(element);
      open.push(element);
    } else {
      last.text = decodeText(last.text);
      open.pop();
    }
  }
  return root;
}

/** About what a token takes to hold. */
function lengthOf(token: XmlToken): number {
  if (token.kind === 'text') return token.text.length;
  return token.kind === 'close' ? 0 : 64 + Object.values(token.attributes).join('').length;
}

function createElement({ name, attributes }: Extract<XmlToken, { kind: 'open' }>): XmlElement {
  return { name: localName(name), attributes, children: [], text: '' };
}

/** The first element that lies in another by this way of names. */
export function find(element: XmlElement | undefined, ...way: string[]): XmlElement | undefined {
  return way.reduce((at, name) => at?.children.find((child) => child.name === name), element);
}

/** The text of the first element by this way of names; empty when there is none. */
export function textOf(element: XmlElement | undefined, ...way: string[]): string {
  return find(element, ...way)?.text.trim() ?? '';
}
