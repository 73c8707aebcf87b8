import { domainToASCII } from 'node:url';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { OutgoingServer } from '../resources/outgoing-server/record.ts';

import type { Answered, Letter } from './letter.ts';
import { oneLine } from './one-line.ts';
import { ancestorsOf } from './reply.ts';

/** RFC 3834 5, and what Exchange understands of it (MS-OXCMAIL 2.2.3.2.14). */
const automaticFields = { 'X-Auto-Response-Suppress': 'All' };

/**
 * The mail as it is sent (RFC 5322, MIME): lines end with CRLF, everything is ASCII, and `Bcc` is nowhere in it. What
 * comes from people or from other mail cannot become a field of its own: control characters are taken out of it, and
 * nothing is read from files or URLs.
 */
export async function composeSource(
  server: Pick<OutgoingServer, 'address' | 'displayName'>,
  letter: Letter,
  { messageId, date }: { messageId: string; date: Date },
): Promise<Buffer> {
  const composer = new MailComposer({
    from: mailbox({ name: server.displayName ?? '', address: server.address }),
    to: letter.to.map(mailbox),
    cc: letter.cc.map(mailbox),
    subject: oneLine(letter.subject),
    messageId: `<${messageId}>`,
    date,
    ...(letter.automatic && { headers: { 'Auto-Submitted': letter.automatic, ...automaticFields } }),
    text: letter.text,
    ...(letter.html !== null && { html: letter.html }),
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const thread = letter.answers ? threadFields(letter.answers) : '';
  return Buffer.concat([Buffer.from(thread), await composer.compile().build()]);
}

/**
 * In-Reply-To and References (RFC 5322 3.6.4), an identifier a line. Written here, as nodemailer takes the spaces out of
 * identifiers.
 */
function threadFields(answered: Answered): string {
  const ids = ancestorsOf(answered).map((id) => `<${id}>`);
  const own = ids.at(-1);
  if (own === undefined) return '';
  const isAnswer = own.replace(/\s+/g, '') === `<${answered.messageId}>`;
  return `${isAnswer ? `In-Reply-To: ${own}\r\n` : ''}References: ${ids.join('\r\n ')}\r\n`;
}

/** A Message-ID (RFC 5322 3.6.4) in the domain of the address that the mail is from. */
export function messageIdFor(id: string, address: string): string {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return `${id}@${domainToASCII(domain) || 'localhost'}`;
}

function mailbox({ name, address }: { name: string; address: string }) {
  return { name: oneLine(name), address };
}
