import { readRuns } from './address-runs.ts';
import { type AddressToken, tokenizeAddresses } from './address-tokens.ts';
import { decodePieces, type Piece, splitWords } from './words.ts';

/** A mailbox of an address field (RFC 5322 3.4). */
export interface Mailbox {
  /** Decoded. */
  name: string;
  /** Empty when there is none. */
  address: string;
}

/** Addresses, and which tokens they are made of. */
interface Found {
  from: number;
  to: number;
  addresses: string[];
  /** What else stands between the brackets. */
  rest: string;
}

const plainAddress = /^[\w.+-]+@[\w.-]+\w$/;

type Bracket = Extract<AddressToken, { kind: 'bracket' }>;

/**
 * The mailboxes that the tokens between two separators name: one; more where the separators are missing; none where
 * there is only a comment. What stands in brackets is the address; only where nothing does the text is searched for
 * it, and quoted strings last. Encoded words are never searched.
 */
export function readMailboxes(written: readonly AddressToken[]): Mailbox[] {
  const tokens = withOpeningBrackets(written);
  const inBrackets = tokens.flatMap((token, index) => {
    const found = token.kind === 'bracket' ? readBracket(token) : null;
    return found && found.addresses.length > 0 ? [{ ...found, from: index, to: index + 1 }] : [];
  });
  const behind = inBrackets.at(-1)?.to ?? 0;
  const inText = readRuns(tokens.slice(behind), false).flatMap(({ from, to, address }) =>
    address === null ? [] : [{ from: from + behind, to: to + behind, addresses: [address], rest: '' }],
  );
  const found = [...inBrackets, ...inText];
  return found.length > 0 ? nameAll(tokens, found) : readWithoutAddress(tokens);
}

/** Gives each address the text before it for a name, the last also the text behind it, else the comment behind it. */
function nameAll(tokens: readonly AddressToken[], found: readonly Found[]): Mailbox[] {
  return found.flatMap(({ from, to, addresses, rest }, index) => {
    const before = tokens.slice(found[index - 1]?.to ?? 0, from);
    const next = found[index + 1]?.from;
    const behind = tokens.slice(to, next);
    const text = nameOf(index === 0 ? before : withoutComments(before));
    const name = [text, next === undefined ? nameOf(behind) : ''].filter((each) => each !== '').join(' ');
    const comment = commentOf(behind) || (index === 0 ? commentOf(before) : '');
    return addresses.map((address, place) => {
      const own = place === 0 ? name || rest || comment : '';
      return { name: own === address ? '' : own, address };
    });
  });
}

const withoutComments = (tokens: readonly AddressToken[]) => tokens.filter(({ kind }) => kind !== 'comment');

/** What names no address: `postmaster`, `Mail Delivery <MAILER-DAEMON>`; or an address that is quoted by mistake. */
function readWithoutAddress(tokens: readonly AddressToken[]): Mailbox[] {
  const bracket = tokens.find((token): token is Bracket => token.kind === 'bracket');
  if (bracket) {
    const address = bracketText(bracket);
    const others = nameOf(tokens.filter((token) => token !== bracket));
    const name = others || (address === '' && !isGroup(bracket) ? readBracket(bracket).rest : '');
    return name || address ? [{ name, address }] : [];
  }
  const quoted = tokens.flatMap((token) => (token.kind === 'quoted' ? readQuoted(token.content) : []));
  const name = nameOf(tokens);
  if (quoted.length === 0) return name ? [{ name, address: '' }] : [];
  const others = nameOf(tokens.filter(({ kind }) => kind !== 'quoted'));
  return quoted.map((mailbox, index) => (index === 0 && others ? { ...mailbox, name: others } : mailbox));
}

function readQuoted(content: readonly Piece[]): Mailbox[] {
  const [text, ...more] = content;
  if (typeof text !== 'string' || more.length > 0 || !text.includes('@')) return [];
  const tokens = [...tokenizeAddresses(text, () => {})].filter(({ kind }) => kind !== 'quoted');
  return readMailboxes(tokens).filter(({ address }) => address.includes('@'));
}

/** The addresses between brackets, without a route (RFC 5322 4.4); those in quotes where there are no others. */
function readBracket({ content }: Bracket): Omit<Found, 'from' | 'to'> {
  if (plainAddress.test(content)) return { addresses: [content], rest: '' };
  const inner = content.trimStart();
  const text = inner.startsWith('@') ? inner.slice(inner.indexOf(':') + 1) : inner;
  const tokens = [...tokenizeAddresses(text, () => {})];
  const runs = readRuns(tokens, true).filter(({ address }) => address !== null);
  const quoted =
    runs.length > 0
      ? []
      : tokens.flatMap((token) => (token.kind === 'quoted' ? readQuoted(token.content) : []));
  if (quoted.length > 0) return { addresses: quoted.map(({ address }) => address), rest: '' };
  const used = new Set(
    runs.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index)),
  );
  return {
    addresses: runs.map(({ address }) => address as string),
    rest: nameOf(tokens.filter((_, index) => !used.has(index))),
  };
}

/** What stands between brackets and is no address, as it is written; nothing where it is a group or encoded. */
function bracketText(bracket: Bracket): string {
  const pieces = splitWords(bracket.content.trim());
  const [text = ''] = pieces;
  return typeof text === 'string' && pieces.length <= 1 && !isGroup(bracket) ? text : '';
}

/** As in `<undisclosed-recipients:;>`. */
const isGroup = ({ content }: Bracket) => content.includes(':') && content.trimEnd().endsWith(';');

/** Makes brackets of addresses that only the second one stands behind, or a comment that is never closed. */
function withOpeningBrackets(tokens: readonly AddressToken[]): AddressToken[] {
  const whole: AddressToken[] = [];
  let from = 0;
  for (const token of tokens) {
    const closing = token.kind === 'stray' && (token.text === '>' || token.text === '(');
    const last = closing ? readRuns(whole.slice(from), false).at(-1) : undefined;
    if (last?.address)
      whole.splice(from + last.from, whole.length, { kind: 'bracket', content: last.address, closed: true });
    else whole.push(token);
    if (closing || token.kind === 'bracket') from = whole.length;
  }
  return whole;
}

/** The display name that tokens make (RFC 5322 3.4), without what stands astray at its ends. */
export function nameOf(tokens: readonly AddressToken[]): string {
  const [from, to] = [tokens.findIndex(isOfName), tokens.findLastIndex(isOfName)];
  const pieces = from < 0 ? [] : tokens.slice(from, to + 1).flatMap(piecesOf);
  return decodePieces(pieces)
    .replace(/[ \t]+/g, ' ')
    .trim();
}

const isOfName = ({ kind }: AddressToken) =>
  kind === 'text' || kind === 'quoted' || kind === 'word' || kind === 'bracket';

function piecesOf(token: AddressToken): Piece[] {
  if (token.kind === 'word') return [token.word];
  if (token.kind === 'quoted') return token.content;
  if (token.kind === 'bracket') return ['<', ...splitWords(token.content), '>'];
  if (token.kind === 'text') return [token.text.replace(/\\$/, '')];
  if (token.kind === 'stray') return [token.inName];
  return [token.kind === 'separator' ? token.text : ' '];
}

function commentOf(tokens: readonly AddressToken[]): string {
  return decodePieces(
    tokens.flatMap((token) => (token.kind === 'comment' ? [...token.content, ' '] : [])),
  ).trim();
}
