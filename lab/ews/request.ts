import { awaitToken, decodeText, readXml, XmlError } from '../../src/sources/ews/xml.ts';

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

/** A request as a tree, with namespaces resolved (Namespaces in XML 1.0). Throws XmlError. */
export async function readRequest(chunks: AsyncIterable<Buffer>): Promise<RequestElement> {
  const stack: { element: RequestElement; scope: Record<string, string>; written: Buffer[] }[] = [];
  let root: RequestElement | null = null;
  const tokens = readXml(chunks);
  for (;;) {
    const token = tokens.take() ?? (await awaitToken(tokens));
    if (!token) break;
    const last = stack.at(-1);
    if (token.kind === 'text') last?.written.push(token.bytes);
    else if (token.kind === 'close') {
      if (last) last.element.text = decodeText(Buffer.concat(last.written).toString()).trim();
      stack.pop();
    } else {
      const scope = { ...last?.scope };
      for (const [name, value] of Object.entries(token.attributes)) {
        if (name === 'xmlns') scope[''] = value;
        else if (name.startsWith('xmlns:')) scope[name.slice('xmlns:'.length)] = value;
      }
      const [prefix, local] = token.name.includes(':') ? token.name.split(':') : ['', token.name];
      const uri = scope[prefix as string];
      if (uri === undefined && prefix !== '') throw new XmlError(`no namespace is bound to ${prefix}`);
      const name = `${known.get(uri ?? '') ?? 'unknown'}:${local}`;
      const element = { name, attributes: token.attributes, children: [], text: '' };
      if (last) last.element.children.push(element);
      else root = element;
      stack.push({ element, scope, written: [] });
    }
  }
  if (!root) throw new XmlError('nothing');
  return root;
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
