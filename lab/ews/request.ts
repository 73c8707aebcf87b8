import { text } from 'node:stream/consumers';
import sax from 'sax';

export const namespaces = {
  soap: 'http://schemas.xmlsoap.org/soap/envelope/',
  messages: 'http://schemas.microsoft.com/exchange/services/2006/messages',
  types: 'http://schemas.microsoft.com/exchange/services/2006/types',
} as const;

/** An element of a request, its name resolved to `soap:`, `messages:` or `types:` and its local name. */
export interface RequestElement {
  name: string;
  attributes: Record<string, string>;
  children: RequestElement[];
  text: string;
}

const known = new Map<string, string>(Object.entries(namespaces).map(([prefix, uri]) => [uri, prefix]));

/** A request that is no XML, or not what a request is. */
export class MalformedRequest extends Error {}

/** A request as a tree, with namespaces resolved (Namespaces in XML 1.0). Throws {@link MalformedRequest}. */
export async function readRequest(chunks: AsyncIterable<Buffer>): Promise<RequestElement> {
  const open: RequestElement[] = [];
  let root: RequestElement | null = null;
  const parser = sax.parser(true, { xmlns: true });
  parser.onerror = ({ message }) => {
    throw new MalformedRequest(message);
  };
  parser.onopentag = (tag) => {
    const { local, uri, attributes } = tag as sax.QualifiedTag;
    const element: RequestElement = {
      name: `${known.get(uri) ?? 'unknown'}:${local}`,
      attributes: Object.fromEntries(Object.values(attributes).map(({ name, value }) => [name, value])),
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  };
  parser.ontext = parser.oncdata = (piece) => {
    const last = open.at(-1);
    if (last) last.text += piece;
  };
  parser.onclosetag = () => {
    const last = open.pop();
    if (last) last.text = last.text.trim();
  };
  parser.write(await text(chunks)).close();
  if (!root) throw new MalformedRequest('nothing');
  return root;
}

/** Text as it is written in an element or a quoted attribute. */
export function escapeText(written: string): string {
  return written.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The first element by a way of local names. */
export function at(element: RequestElement | undefined, ...way: string[]): RequestElement | undefined {
  return way.reduce(
    (found, name) => found?.children.find((child) => child.name.endsWith(`:${name}`)),
    element,
  );
}

export function local({ name }: RequestElement): string {
  return name.slice(name.indexOf(':') + 1);
}

/** A boolean as XML Schema writes it (3.2.2). */
export function isTrue(text: string | undefined): boolean {
  return text === 'true' || text === '1';
}
