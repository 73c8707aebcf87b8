import { createHash } from 'node:crypto';
import { type Attachment as MailparserAttachment, simpleParser } from 'mailparser';
import PostalMime, { type Address as PostalAddress } from 'postal-mime';
import { decodeAttachment } from '../../src/mime/decode.ts';
import { understand } from './mail.ts';

/** What a parser understood of a mail, in a form that can be compared. */
export interface Reading {
  subject: string;
  from: string;
  to: string;
  text: string;
  html: string;
  /** How many, and one line for each: file name, media type, SHA-256. */
  attachments: string;
}

export type ReadingField = keyof Reading;

export async function readByLetterbox(bytes: Buffer): Promise<Reading> {
  const content = understand(bytes);
  const attachments: string[] = [];
  async function* raw(offset: number, length: number) {
    yield bytes.subarray(offset, offset + length);
  }
  for (const attachment of content.attachments) {
    const pieces: Uint8Array[] = [];
    for await (const piece of decodeAttachment(attachment, raw)) pieces.push(piece);
    const { filename, contentType } = attachment;
    attachments.push(describeAttachment(filename, contentType, Buffer.concat(pieces)));
  }
  return {
    subject: joinSpaces(content.subject),
    from: describeAddresses(content.from),
    to: describeAddresses(content.to),
    text: joinLines(content.text),
    html: joinLines(content.html),
    attachments: attachments.join('\n'),
  };
}

/**
 * mailparser's own options for what we do: messages within the message and delivery reports are attachments; no
 * renditions of its own (html of text, text of html, images within html). `ignoreEmbedded` is handed on to its splitter.
 */
const mailparserOptions = {
  ignoreEmbedded: true,
  keepDeliveryStatus: true,
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipTextLinks: true,
  skipImageLinks: true,
};

export async function readByMailparser(bytes: Buffer): Promise<Reading> {
  const mail = await simpleParser(bytes, mailparserOptions);
  const to = [mail.to ?? []].flat().flatMap((list) => list.value);
  return {
    subject: joinSpaces(mail.subject),
    from: describeAddresses(flatten(mail.from?.value ?? [])),
    to: describeAddresses(flatten(to)),
    text: joinLines(mail.text),
    html: joinLines(mail.html || ''),
    attachments: mail.attachments
      .map((a) => describeAttachment(a.filename, declaredType(a), a.content))
      .join('\n'),
  };
}

/** What the mail says; mailparser puts a guess by the file name in place of application/octet-stream. */
function declaredType(attachment: MailparserAttachment): string {
  const declared = attachment.headers.get('content-type') as { value?: string } | undefined;
  return declared?.value ?? attachment.contentType;
}

/** postal-mime, with messages within the message as attachments. It renders html of text where it has both. */
export async function readByPostalMime(bytes: Buffer): Promise<Reading> {
  const mail = await PostalMime.parse(bytes, { forceRfc822Attachments: true });
  const addresses = (list: PostalAddress[]) => describeAddresses(flatten(list));
  return {
    subject: joinSpaces(mail.subject),
    from: addresses(mail.from ? [mail.from] : []),
    to: addresses(mail.to ?? []),
    text: joinLines(mail.text),
    html: joinLines(mail.html),
    attachments: mail.attachments
      .map((a) => describeAttachment(a.filename, a.mimeType, Buffer.from(a.content as ArrayBuffer)))
      .join('\n'),
  };
}

interface Mailbox {
  name?: string | undefined;
  address?: string | undefined;
  group?: readonly Mailbox[] | undefined;
}

function flatten(list: readonly Mailbox[]): Mailbox[] {
  return list.flatMap((entry) => entry.group ?? [entry]);
}

function describeAddresses(
  list: readonly { name?: string | undefined; address?: string | undefined }[],
): string {
  return list
    .filter(({ name, address }) => name || address)
    .map(({ name, address }) => `${joinSpaces(name)} <${address ?? ''}>`.trim())
    .join(', ');
}

/** Checksums are taken with line feeds as line ends, as that is how postal-mime gives what was not encoded. */
function describeAttachment(name: string | null | undefined, type: string, content: Uint8Array): string {
  const lines = Buffer.from(content).toString('latin1').replaceAll('\r\n', '\n').replace(/\n+$/, '');
  const sha256 = createHash('sha256').update(lines, 'latin1').digest('hex');
  return `${name || '-'} | ${type.toLowerCase()} | ${sha256.slice(0, 12)}`;
}

function joinSpaces(text: string | undefined): string {
  return (text ?? '').replace(/\s+/g, ' ').trim();
}

/** Line ends, white space at line ends and empty lines between joined parts are of no account. */
function joinLines(text: string | null | undefined): string {
  return (text ?? '')
    .replaceAll('<br/>\n', '\n')
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n');
}
