import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { protocols } from '../model/mail-server.ts';
import { acknowledgementInput } from './acknowledgement-input.ts';
import { changesOf } from './changes.ts';

/** An addr-spec, loosely (RFC 5322 3.4.1): the server knows better. */
export const mailAddress = z
  .string()
  .trim()
  .max(320)
  .regex(/^[^\s@]+@[^\s@]+$/, 'a mail address such as support@contoso.com');
export const host = z
  .string()
  .trim()
  .max(253)
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9A-Fa-f:]+$/,
    'a host name such as outlook.office365.com, without https:// and port',
  );
const folder = z.string().min(1).max(1000);
const target = z.string('the folder to move to').min(1).max(1000);

const afterIntake = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('leave') }),
  z.strictObject({ action: z.literal('mark-read') }),
  z.strictObject({ action: z.literal('move'), folder: target }),
  z.strictObject({ action: z.literal('delete'), afterDays: z.coerce.number().min(0).max(3650).optional() }),
]);

export const certificateAuthority = z
  .string()
  .max(100_000)
  .refine(isPem, 'one or more certificates in PEM, beginning with -----BEGIN CERTIFICATE-----');

/** What an administrator may say of an incoming email server; a missing `startFrom` means from now on. */
export const serverInput = z.strictObject({
  name: z.string().trim().min(1).max(100),
  address: mailAddress,
  protocol: z.enum(protocols).default('imap'),
  host: host.optional(),
  port: z.coerce.number().int().min(1).max(65535).optional(),
  security: z.enum(['tls', 'starttls']).default('tls'),
  username: z.string().trim().min(1).max(320).nullable().default(null),
  certificateAuthority: certificateAuthority.nullable().default(null),
  profileId: z.string().min(1),
  shared: z.boolean().default(false),
  folders: z.array(folder).min(1).max(50).default(['INBOX']),
  startFrom: z
    .union([z.literal('everything'), z.literal('now'), z.iso.date(), z.iso.datetime()], {
      error: '"everything", "now" or a date such as 2026-01-31',
    })
    .default('now'),
  afterIntake: afterIntake.default({ action: 'leave' }),
  acknowledgement: acknowledgementInput.nullable().default(null),
  paused: z.boolean().default(false),
});

export type ServerInput = z.infer<typeof serverInput>;

export const serverChanges = changesOf(serverInput);

/**
 * The instant before which mail is left alone; null takes everything. Mail servers tell when a message came in whole
 * seconds (RFC 3501 2.3.3), so it is the beginning of one: what comes in the same second is new.
 */
export function startInstant(startFrom: ServerInput['startFrom'], now: Date): string | null {
  if (startFrom === 'everything') return null;
  const instant = startFrom === 'now' ? now : new Date(startFrom);
  return new Date(Math.floor(instant.getTime() / 1000) * 1000).toISOString();
}

function isPem(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false;
  }
}
