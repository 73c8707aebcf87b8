import type { MessageContent } from '../model/message.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { OutgoingServer } from '../resources/outgoing-server/record.ts';
import { fill } from '../resources/placeholders.ts';
import type { AutomaticReply } from '../store/outbox.ts';
import { whyUnanswered } from './automatic-mail.ts';
import { draftOf } from './draft.ts';
import { oneLine } from './one-line.ts';
import { bareSubject, replyRecipients } from './reply.ts';

/** A sender is told once that mail arrives; then not again for so long. */
const quietHours = 4;
/** The mail server's clock may be off by so much, and counts whole seconds. */
const clockMs = 60_000;
/** Of what a sender wrote, so much comes back at most: else it could be used to send to others. */
const quotedLength = 200;

/**
 * The automatic reply that a mail server gives to a new message; null where it gives none, as it was received before
 * replies were switched on, names nobody, or is itself automatic.
 */
export async function automaticReply(
  message: { content: MessageContent; receivedAt: string },
  server: MailServer,
  outgoing: OutgoingServer,
  own: ReadonlySet<string>,
): Promise<AutomaticReply | null> {
  const { acknowledgement } = server;
  const { content, receivedAt } = message;
  const [sender] = replyRecipients(content);
  if (!acknowledgement || !sender) return null;
  if (Date.parse(receivedAt) < Date.parse(acknowledgement.since) - clockMs) return null;
  const to = sender.address.toLowerCase();
  if (whyUnanswered(content, to, own) !== null) return null;
  const values = {
    subject: bareSubject(oneLine(content.subject, quotedLength)),
    name: oneLine(sender.name, quotedLength) || sender.address,
    address: sender.address,
    mailbox: server.address,
    date: receivedAt.slice(0, 10),
  };
  const draft = await draftOf(outgoing, {
    to: [sender],
    cc: [],
    bcc: [],
    subject: fill(acknowledgement.subject, values),
    text: fill(acknowledgement.text, values),
    html: null,
    // Its id and thread are known once it is stored, and are filled in there.
    answers: { ...content, id: '', threadId: '' },
    automatic: 'auto-replied',
  });
  return { draft, to, unlessSince: new Date(Date.now() - quietHours * 60 * 60_000).toISOString() };
}
