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
  for (const field of fields) {
    if (field === '') continue;
    for (const address of readList(tokenizeAddresses(field, report), report))
      if (addresses.length < limit) addresses.push(address);
      else report('addresses-too-many');
  }
  return addresses;
}

function readList(field: readonly AddressToken[], report: Report): Address[] {
  const list = createList();
  let tokens: AddressToken[] = [];
  let inGroup = false;
  for (const token of field) {
    if (token.kind !== 'separator') tokens.push(token);
    else {
      if (token.text === ':' && !tokens.some(isAddressed)) {
        if (inGroup) report('addresses-malformed');
        inGroup = list.beginGroup(nameOf(tokens));
      } else {
        list.add(tokens, token.text);
        if (token.text === ';' && inGroup) {
          list.endGroup();
          inGroup = false;
        }
      }
      tokens = [];
    }
  }
  list.add(tokens, '');
  if (inGroup) report('addresses-malformed');
  return list.end();
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

/** A name without an address, and the separator behind it. */
interface Fragment {
  mailbox: Mailbox;
  separator: string;
  /** There is a quote beside it that is never closed. */
  unclosed: boolean;
}

/**
 * Collects the mailboxes of a list. An unquoted comma or semicolon in a name parts it: a name without an address is
 * part of the name that comes next (`Doe, Jane <jane@example.com>`).
 */
function createList() {
  const addresses: Address[] = [];
  let fragments: Fragment[] = [];
  let group: string | undefined;
  let behindGroup = false;

  const push = (mailbox: Mailbox) => addresses.push(group === undefined ? mailbox : { ...mailbox, group });
  const pushFragments = () => {
    for (const { mailbox } of fragments) push(mailbox);
    if (fragments.length > 0) fragments = [];
  };
  const pushNamed = (mailbox: Mailbox) => {
    const joined =
      fragments.length > 0 && (mailbox.name !== '' || fragments.some(({ unclosed }) => unclosed));
    if (!joined) {
      pushFragments();
      return push(mailbox);
    }
    const before = fragments.map((each) => `${each.mailbox.name}${each.separator} `).join('');
    fragments = [];
    const name = mailbox.name === '' ? before.slice(0, -2) : before + mailbox.name;
    return push({ name, address: mailbox.address });
  };
  return {
    add(tokens: readonly AddressToken[], separator: string): void {
      // Servers append their name to what has no domain: `undisclosed-recipients:;@example.com`.
      const [first] = tokens;
      const appended = behindGroup && first?.kind === 'text' && first.text.startsWith('@');
      behindGroup = false;
      if (appended || first === undefined) return;
      const unclosed = tokens.some((token) => token.kind === 'stray' && token.text === '"');
      for (const mailbox of readMailboxes(tokens)) {
        if (mailbox.address === '') {
          if (!isNobody(mailbox.name)) fragments.push({ mailbox, separator, unclosed });
        } else if (mailbox.name !== '' || !isNobody(mailbox.address)) pushNamed(mailbox);
      }
    },

    /** Whether a group begins: one that has a name. */
    beginGroup(name: string): boolean {
      pushFragments();
      group = name === '' ? undefined : name;
      return name !== '';
    },

    endGroup(): void {
      pushFragments();
      group = undefined;
      behindGroup = true;
    },

    end(): Address[] {
      pushFragments();
      return addresses;
    },
  };
}
