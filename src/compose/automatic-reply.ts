import { domainToASCII } from 'node:url';
import type { MessageContent } from '../model/message.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { OutgoingServer } from '../resources/outgoing-server/record.ts';
import { fill } from '../resources/placeholders.ts';
import type { AutomaticReply } from '../store/outbox.ts';
import { whyUnanswered } from './automatic-mail.ts';
import { automaticRecipient } from './automatic-recipient.ts';
import { draftOf } from './draft.ts';
import { plainWords } from './plain-words.ts';
import { bareSubject } from './reply.ts';

const hourMs = 60 * 60_000;
/** A sender is told once that mail arrives; then not again for so long. */
const quietMs = 4 * hourMs;
/** The mail server's clock may be off by so much, and counts whole seconds. */
const clockMs = 60_000;
/**
 * Within an hour no more go to one domain, and in all: whoever forges senders cannot have us write to many. More people
 * write to few mailboxes at once, and who is not told has lost nothing.
 */
const mostOfDomain = 20;
const mostInAll = 200;

/**
 * The automatic reply that a mail server gives to a new message; null where it gives none, as it was received before
 * replies were switched on, names nobody, or is itself automatic. Nothing of the message comes back but what the
 * administrator's words name, and of its subject only plain words.
 */
export async function automaticReply(
  message: { content: MessageContent; receivedAt: string },
  server: MailServer,
  outgoing: OutgoingServer,
  own: ReadonlySet<string>,
): Promise<AutomaticReply | null> {
  const { acknowledgement } = server;
  const { content, receivedAt } = message;
  const recipient = automaticRecipient(content);
  if (!acknowledgement || recipient === null) return null;
  if (Date.parse(receivedAt) < Date.parse(acknowledgement.since) - clockMs) return null;
  const to = recipient.toLowerCase();
  if (whyUnanswered(content, to, own) !== null) return null;
  const values = {
    subject: plainWords(bareSubject(content.subject)),
    // The name beside an address is whatever the sender likes it to be.
    name: recipient,
    address: recipient,
    mailbox: server.address,
    date: receivedAt.slice(0, 10),
  };
  const draft = await draftOf(outgoing, {
    to: [{ name: '', address: recipient }],
    cc: [],
    bcc: [],
    subject: fill(acknowledgement.subject, values),
    text: fill(acknowledgement.text, values),
    html: null,
    // Its id and thread are known once it is stored, and are filled in there.
    answers: { ...content, id: '', threadId: '' },
    automatic: 'auto-replied',
  });
  const domain = to.slice(to.lastIndexOf('@') + 1);
  return {
    draft,
    to: `${to.slice(0, -domain.length)}${domainToASCII(domain) || domain}`,
    unlessSince: new Date(Date.now() - quietMs).toISOString(),
    unlessMore: {
      since: new Date(Date.now() - hourMs).toISOString(),
      ofDomain: mostOfDomain,
      inAll: mostInAll,
    },
  };
}
