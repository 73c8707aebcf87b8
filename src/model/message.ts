import { z } from 'zod';

/**
 * The message as Letterbox understands it: the one documented JSON model. Its JSON Schema is made from
 * these definitions and published at `/schemas/message.json` and in `docs/message.schema.json`.
 */
export const addressSchema = z
  .object({
    name: z.string().describe('Display name, decoded (RFC 2047); empty when there is none'),
    address: z.string().describe('addr-spec (RFC 5322 3.4.1), as written'),
    group: z.string().optional().describe('Name of the group it was listed in (RFC 5322 3.4)'),
  })
  .meta({ id: 'Address' });

export const attachmentSchema = z
  .object({
    index: z.int().min(0).describe('Number of the attachment within the message, from 0; part of its URL'),
    part: z.string().describe('Part number as in IMAP (RFC 3501 6.4.5), such as "2.1"'),
    filename: z
      .string()
      .nullable()
      .describe('Decoded (RFC 2231, RFC 2047), path and control characters removed'),
    contentType: z.string().describe('Media type in lower case, without parameters'),
    charset: z.string().nullable(),
    disposition: z.enum(['attachment', 'inline']),
    contentId: z.string().nullable().describe('Without angle brackets (RFC 2392)'),
    size: z.int().min(0).describe('Decoded size in bytes'),
    sha256: z.string().length(64).describe('Of the decoded bytes, lower-case hexadecimal'),
    encoding: z
      .enum(['7bit', '8bit', 'binary', 'base64', 'quoted-printable'])
      .describe('Content-Transfer-Encoding in the raw source'),
    offset: z.int().min(0).describe('Where the encoded body begins in the raw source, in bytes'),
    length: z.int().min(0).describe('Encoded length in the raw source, in bytes'),
    wrapper: z
      .object({
        encoding: z.enum(['base64', 'quoted-printable']),
        offset: z.int().min(0),
        length: z.int().min(0),
      })
      .optional()
      .describe(
        'Only where a multipart was encoded as a whole: where its body lies in the raw source. The offset and length of the attachment are then within its decoded bytes',
      ),
  })
  .meta({ id: 'Attachment' });

/** What was understood from the bytes alone. */
export const messageContentSchema = z.object({
  headers: z
    .array(z.object({ name: z.string(), value: z.string() }))
    .describe('All header fields of the message in their order: name as written, value unfolded and decoded'),
  messageId: z.string().nullable().describe('Message-ID without angle brackets'),
  inReplyTo: z.array(z.string()).describe('Message-IDs without angle brackets'),
  references: z.array(z.string()).describe('Message-IDs without angle brackets, oldest first'),
  date: z.iso.datetime().nullable().describe('The Date field; null when missing or not readable'),
  subject: z.string(),
  from: z.array(addressSchema),
  sender: z.array(addressSchema),
  replyTo: z.array(addressSchema),
  to: z.array(addressSchema),
  cc: z.array(addressSchema),
  bcc: z.array(addressSchema),
  text: z
    .string()
    .nullable()
    .describe('The text/plain body, or else one made of the html; null when there is neither. Untrusted'),
  textFromHtml: z
    .boolean()
    .optional()
    .describe('True where `text`, or some of it, was made of the html as no plain text was sent'),
  html: z.string().nullable().describe('The text/html body, as sent. Untrusted: never show it unsandboxed'),
  attachments: z.array(attachmentSchema),
  defects: z
    .array(z.string())
    .describe('What was malformed and how it was read all the same; empty for a message in good order'),
});

/** The message with its receipt: where and when it came in. */
export const messageSchema = messageContentSchema
  .extend({
    id: z.string().describe('Letterbox id, `msg_...`'),
    serverId: z.string().describe('The incoming email server it came through'),
    mailbox: z.string().describe('Address of that mailbox'),
    folder: z.string(),
    threadId: z.string().describe('Same for messages that answer each other'),
    receivedAt: z.iso.datetime().describe('When the mail server received it (IMAP INTERNALDATE)'),
    storedAt: z.iso.datetime().describe('When it became durable here'),
    size: z.int().describe('Raw source in bytes'),
    sha256: z.string().length(64).describe('Of the raw source'),
  })
  .meta({
    id: 'Message',
    title: 'Letterbox message',
    description: 'An email as Letterbox received and understood it',
  });

export type Address = z.infer<typeof addressSchema>;
export type Attachment = z.infer<typeof attachmentSchema>;
export type MessageContent = z.infer<typeof messageContentSchema>;
/** As it is understood and stored: no text was made of html yet. */
export type UnderstoodContent = MessageContent & {
  /**
   * Set where html stands beside text and not as an alternative to it: the pieces that `text` and `html` were joined
   * of, in the order of the mail, each followed by a line feed but the last of its type, and whether the whole text has
   * them.
   */
  textOrder?: { type: 'text' | 'html'; length: number; shown: boolean }[];
};
export type Message = z.infer<typeof messageSchema>;

/** Where a message lay on its server. Unique within one mail server; `uid` orders arrivals in a folder where the protocol does. */
export interface Position {
  folder: string;
  /** IMAP's UIDVALIDITY; empty in protocols whose unique ids never change meaning. */
  validity: string;
  /** IMAP's UID, in decimal. */
  uid: string;
}

/** Positions of one mail server are the same exactly where this is. */
export function positionKey({ folder, validity, uid }: Position): string {
  return JSON.stringify([folder, validity, uid]);
}

/**
 * What a mail server says of a message without giving it; null where it says nothing. By this it is noticed that a
 * server has put another message into a place.
 */
export interface Announced {
  receivedAt: string | null;
  /** In bytes; an estimate on some servers. */
  size: number | null;
  /** The Message-ID field, without angle brackets. */
  messageId: string | null;
}

/** A stored message for which something is owed to its server, with what its server said of it. */
export interface DueAction extends Position {
  /** Of the message in its place: nothing is owed to another one that has come there. */
  generation: number;
  announced: Announced;
  /** How often the server refused the action on this one. */
  refusals: number;
}

/** A message that could not be taken the normal way: kept until it can be, or a person ends it. */
export interface Quarantined {
  id: string;
  /** `waiting`: its server has not given it yet, and is soon asked again. */
  state: 'waiting' | 'quarantined';
  /** How often its server was asked for it in vain since it was listed. */
  looks: number;
  /** When its server is asked next; null where that cannot help. */
  nextLookAt: string | null;
  serverId: string;
  position: Position;
  /** When the mail server received it, as far as it said so. */
  receivedAt: string | null;
  /** Set when its bytes could be had and are stored. */
  messageId: string | null;
  problem: import('./problem.ts').ProblemJson;
  quarantinedAt: string;
}
