import addressparser from 'nodemailer/lib/addressparser/index.js';
import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import { openMailbox } from './access.ts';
import { GraphError } from './errors.ts';
import type { Folder } from './mailbox.ts';
import { type Ask, type Route, readBody, readJson, type World } from './request.ts';

/**
 * Microsoft: user: sendMail, as JSON or as MIME in base64. What is sent comes into the mailboxes of the recipients
 * that are here, at once. Not covered: drafts, upload sessions, sending as others.
 */
export const sendMailRoute: Route = {
  method: 'POST',
  path: 'users/:user/sendMail',
  async answer(ask) {
    const { world, caller, params, request } = ask;
    const mailbox = openMailbox(caller, params.user ?? '', 'Mail.Send', world);
    const isMime = /^text\/plain\b/i.test(request.headers['content-type'] ?? '');
    const { mime, keep } = isMime ? { mime: await readMime(ask), keep: true } : await composed(ask);
    const from = addressesIn(mime, 'From')[0] ?? mailbox.address;
    if (from !== mailbox.address)
      throw new GraphError(
        403,
        'ErrorSendAsDenied',
        'The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.',
      );
    const recipients = ['To', 'Cc', 'Bcc'].flatMap((field) => addressesIn(mime, field));
    if (recipients.length === 0)
      throw new GraphError(400, 'ErrorInvalidRecipients', 'At least one recipient is not valid.');
    world.sent.push({ from, recipients, mime });
    if (keep)
      mailbox.add(mailbox.folder('sentitems') as Folder, { source: mime, size: mime.length, isRead: true });
    deliver(world, recipients, mime);
    return { status: 202 };
  },
};

function deliver(world: World, recipients: string[], mime: Buffer): void {
  const source = Buffer.from(mime.toString('latin1').replace(/^Bcc:.*\r?\n([ \t].*\r?\n)*/im, ''), 'latin1');
  for (const address of new Set(recipients)) {
    const mailbox = world.mailboxes.get(address);
    mailbox?.add(mailbox.folder('inbox') as Folder, { source, size: source.length });
  }
}

async function readMime({ request }: Ask): Promise<Buffer> {
  const text = (await readBody(request)).toString('latin1').replace(/\s+/g, '');
  if (text === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0)
    throw new GraphError(
      400,
      'ErrorMimeContentInvalidBase64String',
      'Invalid base64 string for MIME content.',
    );
  return Buffer.from(text, 'base64');
}

interface Recipient {
  emailAddress: { name?: string; address: string };
}

interface JsonMail {
  message?: {
    subject?: string;
    body?: { contentType?: string; content?: string };
    toRecipients?: Recipient[];
    ccRecipients?: Recipient[];
    bccRecipients?: Recipient[];
    internetMessageHeaders?: { name: string; value: string }[];
    attachments?: { name: string; contentType?: string; contentBytes: string }[];
  };
  saveToSentItems?: boolean | string;
}

async function composed({ request, params, caller }: Ask): Promise<{ mime: Buffer; keep: boolean }> {
  const { message, saveToSentItems }: JsonMail = await readJson(request);
  if (!message) throw new GraphError(400, 'ErrorInvalidParameter', 'The Message parameter is required.');
  const isHtml = message.body?.contentType?.toLowerCase() === 'html';
  const people = (recipients: Recipient[] = []) =>
    recipients.map(({ emailAddress: { name = '', address } }) => ({ name, address }));
  const composer = new MailComposer({
    from: params.user === 'me' ? (caller.upn ?? '') : (params.user ?? ''),
    to: people(message.toRecipients),
    cc: people(message.ccRecipients),
    bcc: people(message.bccRecipients),
    subject: message.subject ?? '',
    ...{ [isHtml ? 'html' : 'text']: message.body?.content ?? '' },
    headers: (message.internetMessageHeaders ?? []).map(({ name, value }) => ({ key: name, value })),
    attachments: (message.attachments ?? []).map(({ name, contentType, contentBytes }) => ({
      filename: name,
      content: Buffer.from(contentBytes, 'base64'),
      ...(contentType && { contentType }),
    })),
  }).compile();
  composer.keepBcc = true;
  return { mime: await composer.build(), keep: String(saveToSentItems ?? true) !== 'false' };
}

function addressesIn(mime: Buffer, field: string): string[] {
  const header = (mime.toString('latin1').split(/\r?\n\r?\n/, 1)[0] ?? '').replace(/\r?\n(?=[ \t])/g, '');
  const value = new RegExp(`^${field}:(.*)$`, 'im').exec(header)?.[1] ?? '';
  return addressparser(value, { flatten: true }).map(({ address }) => address.toLowerCase());
}
