import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { invalidInput } from '../model/problem.ts';
import { isHost, mailAddress } from '../resources/fields/address.ts';
import { validate } from '../resources/validation.ts';

export interface AddressParts {
  /** As it was given. */
  address: string;
  localPart: string;
  /** In lower case, as the DNS has it (A-labels, RFC 5890 2.3.2.1). */
  domain: string;
}

/** The longest that a name may be in the DNS (RFC 1035 2.3.4), with room for what is asked below it. */
const longestDomain = 220;

const anAddress = z.object({ address: mailAddress });

/** Reads an address whose domain can be asked about. Throws `input.invalid` for any other. */
export function readAddress(given: unknown): AddressParts {
  const { address } = validate(anAddress, { address: given });
  const at = address.lastIndexOf('@');
  const written = address.slice(at + 1);
  // The conversion reads as far as a URL's host would go, and decodes
  const domain = /[#%/:?\\]/.test(written) ? '' : domainToASCII(written).toLowerCase();
  if (!isHostName(domain) || !domain.includes('.') || domain.length > longestDomain)
    throw invalidInput([
      { field: 'address', expected: 'a mail address with a domain such as contoso.com', given: address },
    ]);
  return { address, localPart: address.slice(0, at), domain };
}

/** Whether it is the name of a host, and no address. */
export function isHostName(text: string): boolean {
  return isHost(text) && isIP(text) === 0;
}

/** Whether a host is a domain's own: the domain, or below it. */
export function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}
