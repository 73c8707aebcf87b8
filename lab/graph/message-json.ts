import { closeSync, openSync, readSync } from 'node:fs';
import libmime from 'libmime';
import addressparser from 'nodemailer/lib/addressparser/index.js';
import type { Message } from './mailbox.ts';

/** Properties of a message that come from its header and its place; bodies and attachments are not covered. */
export const messageProperties = [
  'id',
  'changeKey',
  'createdDateTime',
  'lastModifiedDateTime',
  'receivedDateTime',
  'sentDateTime',
  'subject',
  'internetMessageId',
  'from',
  'toRecipients',
  'isRead',
  'isDraft',
  'parentFolderId',
] as const;

/** Header fields end well before so many bytes. */
const headerBytes = 64 * 1024;

/** Another one after each change; the ETag has it too. */
export function changeKeyOf({ changedAt }: Message): string {
  return Buffer.from(`change ${changedAt}`).toString('base64');
}

/** A message as Graph shows it; `select` null shows all. The id is always shown. */
export function messageJson(
  message: Message,
  { select, immutableIds }: { select: readonly string[] | null; immutableIds: boolean },
): Record<string, unknown> {
  const wanted = new Set<string>(select ?? messageProperties);
  const changeKey = changeKeyOf(message);
  const json: Record<string, unknown> = {
    '@odata.etag': `W/"${changeKey}"`,
    id: immutableIds ? message.immutableId : message.id,
  };
  const received = secondsOnly(message.receivedAt);
  const own: Record<string, unknown> = {
    changeKey,
    createdDateTime: received,
    lastModifiedDateTime: received,
    receivedDateTime: received,
    isRead: message.isRead,
    isDraft: message.isDraft,
    parentFolderId: message.folder.id,
  };
  for (const [name, value] of Object.entries(own)) if (wanted.has(name)) json[name] = value;
  const fromHeader = ['subject', 'internetMessageId', 'from', 'toRecipients', 'sentDateTime'];
  if (fromHeader.some((name) => wanted.has(name)))
    for (const [name, value] of Object.entries(readHeader(message))) if (wanted.has(name)) json[name] = value;
  return json;
}

function readHeader(message: Message): Record<string, unknown> {
  const text = beginning(message).toString('latin1');
  const block = (text.split(/\r?\n\r?\n/, 1)[0] ?? '').replace(/\r?\n(?=[ \t])/g, '');
  const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(block)?.[1]?.trim() ?? null;
  const date = new Date(field('Date') ?? Number.NaN);
  return {
    subject: libmime.decodeWords(field('Subject') ?? ''),
    internetMessageId: field('Message-ID'),
    from: addresses(field('From'))[0] ?? null,
    toRecipients: addresses(field('To')),
    sentDateTime: secondsOnly(Number.isNaN(date.getTime()) ? message.receivedAt : date),
  };
}

function beginning({ source }: Message): Buffer {
  if (Buffer.isBuffer(source)) return source.subarray(0, headerBytes);
  const file = openSync(source.file, 'r');
  try {
    const bytes = Buffer.alloc(headerBytes);
    return bytes.subarray(0, readSync(file, bytes, 0, headerBytes, 0));
  } finally {
    closeSync(file);
  }
}

function addresses(field: string | null): { emailAddress: { name: string; address: string } }[] {
  return addressparser(field ?? '', { flatten: true }).map(({ name, address }) => ({
    emailAddress: { name: libmime.decodeWords(name), address },
  }));
}

/** Graph tells whole seconds of messages: `2018-09-09T03:15:08Z`. */
function secondsOnly(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
