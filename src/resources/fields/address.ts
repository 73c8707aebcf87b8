import { isIP } from 'node:net';
import { z } from 'zod';
import { isHostName } from '../../model/host-name.ts';
import type { Control, Field } from '../field.ts';
import { type Description, ofText } from './description.ts';
import { number, wholeNumber } from './text.ts';

/** An addr-spec, loosely (RFC 5322 3.4.1): the server knows better. */
export const mailAddress = z
  .string()
  .trim()
  .max(320)
  .regex(/^[^\s@\p{Cc}\p{Cs}]+@[^\s@\p{Cc}\p{Cs}]+$/u, 'a mail address such as support@contoso.com');

export function address(description: Description & { example?: string }): Field<string, 'stored'> {
  const { example, ...rest } = description;
  const control: Control = { kind: 'email', ...(example !== undefined && { placeholder: example }) };
  return ofText({ placeholder: 'ADDRESS', ...rest }, control, mailAddress);
}

const hostName = z
  .string()
  .trim()
  .max(253)
  .refine(isHost, 'a host name such as outlook.office365.com, without https:// and port');

/** An address without a zone (RFC 4007 11), or a name. */
export function isHost(text: string): boolean {
  return isIP(text) > 0 ? !text.includes('%') : isHostName(text);
}

export function host(description: Description): Field<string, 'stored'> {
  // What was taken once is read again, whatever is asked of it today
  const field = ofText({ placeholder: 'HOST', ...description }, { kind: 'text', mono: true }, hostName);
  return { ...field, stored: z.string() };
}

export function port(description: Description): Field<number, 'stored'> {
  return number({ placeholder: 'PORT', schema: wholeNumber(1, 65535), ...description });
}

export function url(
  description: Description & { schema: z.ZodType<string, unknown>; example?: string },
): Field<string, 'stored'> {
  const { schema, example = 'https://', ...rest } = description;
  // Those are passed over where it is used, and would be stored all the same
  const plain = schema.refine(
    (value) => !/[\p{C}\p{Z}]/u.test(value),
    'a URL without spaces, line ends and control characters',
  );
  const control: Control = { kind: 'url', mono: true, placeholder: example };
  return { ...ofText({ placeholder: 'URL', ...rest }, control, plain), stored: z.string() };
}

/** RFC 6749 3.1, 3.2; and a password in a URL ends up in logs. */
export const httpsUrl = z
  .url({ protocol: /^https$/, error: 'a URL beginning with https://' })
  .trim()
  .refine((value) => {
    // Told already.
    if (!URL.canParse(value)) return true;
    const { hash, username, password } = new URL(value);
    return `${hash}${username}${password}` === '';
  }, 'a URL without # and without a user name');
