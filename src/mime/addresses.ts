import type { Address } from '../model/message.ts';
import { type AddressToken, tokenizeAddresses } from './address-tokens.ts';
import type { Report } from './defects.ts';
import { type Mailbox, nameOf, readMailboxes } from './mailboxes.ts';

/**
 * Reads address lists (RFC 5322 3.4, with the obsolete forms of 4.4), at most `limit` addresses of all the given
 * fields together. Members of a group carry its name. What is not closed still gives the addresses that a person
 * sees; what is encoded is a name and never an address (RFC 2047 5).
 */
export function parseAddresses(fields: readonly string[], limit: number, report: Report): Address[] {
  const addresses: Address[] = [];
  for (const field of fields)
    for (const address of listAddresses(field, report)) {
      if (addresses.length === limit) {
        report('addresses-too-many');
        return addresses;
      }
      addresses.push(address);
    }
  return addresses;
}

function* listAddresses(field: string, report: Report): Generator<Address> {
  const names = createNames();
  let tokens: AddressToken[] = [];
  let group: string | undefined;
  const take = function* (separator: string): Generator<Address> {
    for (const mailbox of names.join(tokens, separator))
      yield group === undefined ? mailbox : { ...mailbox, group };
    tokens = [];
  };
  const leave = function* (): Generator<Address> {
    for (const mailbox of names.end()) yield group === undefined ? mailbox : { ...mailbox, group };
    group = undefined;
  };
  for (const token of tokenizeAddresses(field, report)) {
    if (token.kind !== 'separator') tokens.push(token);
    else if (token.text === ':' && !tokens.some(isAddressed)) {
      if (group !== undefined) report('addresses-malformed');
      const name = nameOf(tokens);
      yield* leave();
      if (name !== '') group = name;
      tokens = [];
    } else {
      yield* take(token.text);
      if (token.text === ';' && group !== undefined) {
        yield* leave();
        names.endGroup();
      }
    }
  }
  yield* take('');
  if (group !== undefined) report('addresses-malformed');
  yield* leave();
}

/** An address stands there already: a colon behind it does not end the name of a group. */
function isAddressed(token: AddressToken): boolean {
  if (token.kind === 'bracket') return token.content.includes('@');
  return token.kind === 'text' && token.text.indexOf('@') > 0;
}

/** Names that say there is nobody, where mailers write no empty group. */
const nobody =
  /^\W*(?:(?:undisclosed|unlisted|unspecified|hidden|suppressed|no)[\s_-]*recipients?|recipients?[\s_-]*(?:list[\s_-]*)?(?:suppressed|not[\s_-]*shown|undisclosed|hidden)|list[\s_-]*suppressed)\W*$/i;

const isNobody = (text: string) => text.length < 100 && nobody.test(text);

/**
 * Joins the mailboxes of a list again that an unquoted comma or semicolon in a name has parted: a name without an
 * address is part of the name that comes next (`Doe, John <john@example.com>`).
 */
function createNames() {
  let pending: (Mailbox & { separator: string; unquoted: boolean })[] = [];
  let behindGroup = false;

  function* end(): Generator<Mailbox> {
    for (const { name, address } of pending) yield { name, address };
    pending = [];
  }
  return {
    end,
    endGroup(): void {
      behindGroup = true;
    },
    *join(tokens: readonly AddressToken[], separator: string): Generator<Mailbox> {
      // Servers append their name to what has no domain: `undisclosed-recipients:;@example.com`.
      const [first] = tokens;
      const appended = behindGroup && first?.kind === 'text' && first.text.startsWith('@');
      behindGroup = false;
      const mailboxes = appended ? [] : readMailboxes(tokens);
      const unquoted = tokens.some((token) => token.kind === 'stray' && token.quote);
      for (const mailbox of mailboxes) {
        const { name, address } = mailbox;
        if ((address === '' && isNobody(name)) || (name === '' && isNobody(address))) continue;
        if (address === '') {
          pending.push({ ...mailbox, separator, unquoted });
          continue;
        }
        if (pending.length > 0 && (name !== '' || pending.some((each) => each.unquoted))) {
          const before = pending.map((each) => `${each.name}${each.separator} `).join('');
          pending = [];
          yield { name: name === '' ? before.slice(0, -2) : `${before}${name}`, address };
        } else {
          yield* end();
          yield mailbox;
        }
      }
    },
  };
}
