import type { Address, MessageContent } from '../model/message.ts';

/** `Re:` and what mail programs of other languages made of it; repeated or counted, as they do. */
const replyPrefix = /^\s*(?:(?:re|aw|antw|sv|vs|odp|rif|res|ynt|回复|答复)\s*(?:\[\d+\])?\s*[:：]\s*)+/i;

/** More references than so many make the field unwieldy; the first tells the thread, the last ones the place in it. */
const mostReferences = 40;
/** A msg-id without its angle brackets (RFC 5322 3.6.4), as strict as a field needs it: mailers write spaces too. */
const messageId = /^(?! *$)[ -;=?-~]{1,900}$/;
/** Fields in which identifiers stand as they were written. */
const identifierFields = ['message-id', 'references', 'in-reply-to'];

/** A subject without what answers put before it. */
export function bareSubject(subject: string): string {
  return subject.replace(replyPrefix, '');
}

/** RFC 5322 3.6.5: `Re: ` once, whatever was there before. */
export function replySubject(subject: string): string {
  return `Re: ${bareSubject(subject)}`.trim();
}

type Authors = Pick<MessageContent, 'replyTo' | 'from'>;

/** RFC 5322 3.6.2: Reply-To where its author gave one, else From. Only addresses that mail can be sent to. */
export function replyRecipients({ replyTo, from }: Authors): Address[] {
  const asked = replyTo.filter(({ address }) => isAddress(address));
  return asked.length > 0 ? asked : from.filter(({ address }) => isAddress(address));
}

/** Those of whom the author asked for that mail cannot be sent to. */
export function unanswerable({ replyTo, from }: Authors): Address[] {
  const asked = replyTo.length > 0 ? replyTo : from;
  return asked.filter(({ address }) => !isAddress(address));
}

/**
 * RFC 5322 3.6.4: the References of the message, or else its In-Reply-To if that is one, and then its Message-ID; each as
 * it was written, also where that is odd: whoever wrote it looks for just that.
 */
export function ancestorsOf(
  message: Pick<MessageContent, 'headers' | 'messageId' | 'inReplyTo' | 'references'>,
): string[] {
  const before =
    message.references.length > 0 || message.inReplyTo.length !== 1 ? message.references : message.inReplyTo;
  const own = message.messageId === null ? [] : [message.messageId];
  const written = new Map(writtenIn(message).map((id) => [id.replace(/\s+/g, ''), id]));
  const all = [...new Set([...before.filter((id) => !own.includes(id)), ...own])]
    .map((id) => written.get(id) ?? id)
    .filter((id) => messageId.test(id));
  return all.length <= mostReferences ? all : [...all.slice(0, 1), ...all.slice(1 - mostReferences)];
}

function writtenIn({ headers }: Pick<MessageContent, 'headers'>): string[] {
  return headers
    .filter(({ name }) => identifierFields.includes(name.toLowerCase()))
    .flatMap(({ value }) => [...value.matchAll(/<([^<>]*)>/g)].map(([, id = '']) => id));
}

const word = '[^\\s@<>"(),:;\\\\\\[\\]\\p{Cc}]+';
const quoted = '"(?:[ !#-;=?-\\[\\]-~]|\\\\[ -;=?-~])+"';
const literal = '\\[(?:\\d{1,3}(?:\\.\\d{1,3}){3}|IPv6:[\\da-f:.]{2,45})\\]';
const mailbox = new RegExp(`^(?:${word}|${quoted})@(?:${word}|${literal})$`, 'iu');

/**
 * An addr-spec that can stand in an envelope as it is (RFC 5321 4.1.2), also with a quoted local part or an address
 * literal. No angle bracket: SMTP has its own around it.
 */
export function isAddress(text: string): boolean {
  return text.length <= 320 && mailbox.test(text);
}
