import { awaitToken, readXml, XmlError } from '../network/xml.ts';
import { find, readElement, textOf, type XmlElement } from '../network/xml-element.ts';
import { isHost } from '../resources/fields/address.ts';
import type { AddressParts } from './address.ts';
import type { FoundServer } from './discovery.ts';

/** What an autoconfig file says, as far as it is of use here. */
export interface ClientConfig {
  servers: Omit<FoundServer, 'from' | 'remark'>[];
  /** Who gives tokens for these servers. */
  oauth: { issuer: string; authorizationUrl: string; tokenUrl: string; scopes: string[] } | null;
  /** Servers that were left out, and why. */
  leftOut: string[];
}

/**
 * Reads a file in the form of Thunderbird's autoconfiguration (`clientConfig`, version 1.1). Throws {@link XmlError} for
 * what is no such file; a document type, and with it entities of its own, is not read at all.
 */
export async function readClientConfig(text: string, address: AddressParts): Promise<ClientConfig> {
  const tokens = readXml(inOne(text));
  let token = tokens.take() ?? (await awaitToken(tokens));
  while (token && token.kind !== 'open') token = tokens.take() ?? (await awaitToken(tokens));
  if (!token) throw new XmlError('it is empty');
  const root = await readElement(tokens, token);
  if (root.name !== 'clientConfig') throw new XmlError('its root is not clientConfig');
  const written = find(root, 'emailProvider')?.children ?? [];
  const read = written
    .filter(({ name }) => name === 'incomingServer' || name === 'outgoingServer')
    .slice(0, mostServers)
    .map((server) => readServer(server, address));
  return {
    servers: read.filter((one) => typeof one !== 'string'),
    leftOut: read.filter((one) => typeof one === 'string'),
    oauth: readOauth(root),
  };
}

const mostServers = 30;

async function* inOne(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

/** As files name it, in lower case; what was written before version 1.1 too. Other ways are none of ours. */
const authentications: Record<string, FoundServer['authentication'][number] | undefined> = {
  oauth2: 'oauth2',
  'password-cleartext': 'password',
  'password-encrypted': 'password',
  plain: 'password',
  secure: 'password',
};

/** A server that can be used; else why it cannot. */
function readServer(element: XmlElement, address: AddressParts): ClientConfig['servers'][number] | string {
  const { type = '' } = element.attributes;
  const meant = type === 'exchange' ? 'ews' : type;
  const { host, port, security } =
    meant === 'ews' || meant === 'graph' ? ofUrl(element) : ofSocket(element, address);
  const named = `${type} at ${host || 'nowhere'}`;
  if (!['imap', 'pop3', 'ews', 'graph', 'smtp'].includes(meant)) return `${named}: another protocol`;
  if (!isHost(host)) return `${named}: that is no host`;
  if (security === null) return `${named}: it is not encrypted`;
  if (!(Number.isInteger(port) && port > 0 && port < 65536)) return `${named}: it has no port`;
  const taken = element.children
    .filter(({ name }) => name === 'authentication')
    .map(({ text }) => authentications[text.trim().toLowerCase()])
    .filter((one) => one !== undefined);
  const username = filled(textOf(element, 'username'), address);
  if (/%[A-Z]/.test(textOf(element, 'username').replaceAll(placeholder, '')))
    return `${named}: its user name cannot be told`;
  return {
    protocol: meant,
    host,
    port,
    security,
    username: username === '' || username.toLowerCase() === address.address.toLowerCase() ? null : username,
    authentication: [...new Set(taken)],
  };
}

type Place = { host: string; port: number; security: FoundServer['security'] | null };

/** In lower case. */
const securities: Record<string, FoundServer['security'] | undefined> = {
  ssl: 'tls',
  tls: 'tls',
  starttls: 'starttls',
};

function ofSocket(element: XmlElement, address: AddressParts): Place {
  return {
    host: filled(textOf(element, 'hostname'), address).toLowerCase(),
    port: Number(textOf(element, 'port')),
    security: securities[textOf(element, 'socketType').toLowerCase()] ?? null,
  };
}

/** Services over HTTP are named by their URL. */
function ofUrl(element: XmlElement): Place {
  const text = textOf(element, 'url') || textOf(element, 'ewsURL');
  if (!URL.canParse(text)) return { host: '', port: 0, security: null };
  const { protocol, hostname, port } = new URL(text);
  return { host: hostname, port: Number(port || 443), security: protocol === 'https:' ? 'tls' : null };
}

const placeholder = /%EMAIL(ADDRESS|LOCALPART|DOMAIN)%/g;

/** What the file leaves to be filled in. */
function filled(text: string, { address, localPart, domain }: AddressParts): string {
  const values: Record<string, string> = { ADDRESS: address, LOCALPART: localPart, DOMAIN: domain };
  return text.replace(placeholder, (_, name) => values[name] ?? '');
}

function readOauth(root: XmlElement): ClientConfig['oauth'] {
  const block = find(root, 'oAuth2');
  const issuer = textOf(block, 'issuer');
  const [authorizationUrl, tokenUrl] = [textOf(block, 'authURL'), textOf(block, 'tokenURL')];
  const isHttps = (url: string) => URL.canParse(url) && new URL(url).protocol === 'https:';
  if (issuer === '' || !isHttps(authorizationUrl) || !isHttps(tokenUrl)) return null;
  const scopes = textOf(block, 'scope').split(/\s+/).filter(Boolean);
  return { issuer, authorizationUrl, tokenUrl, scopes };
}
