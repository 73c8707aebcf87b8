import type { Address, MessageContent } from '../model/message.ts';

/** `Re:` and what mail programs of other languages made of it; repeated or counted, as they do. */
const replyPrefix = /^\s*(?:(?:re|aw|antw|sv|vs|odp|rif|res|ynt|回复|答复)\s*(?:\[\d+\])?\s*[:：]\s*)+/i;

/** More references than so many make the field unwieldy; the first tells the thread, the last ones the place in it. */
const mostReferences = 40;
/** A msg-id without its angle brackets (RFC 5322 3.6.4), as strict as a field needs it. */
const messageId = /^[!-;=?-~]{1,900}$/;

/** A subject without what answers put before it. */
export function bareSubject(subject: string): string {
  return subject.replace(replyPrefix, '');
}

/** RFC 5322 3.6.5: `Re: ` once, whatever was there before. */
export function replySubject(subject: string): string {
  return `Re: ${bareSubject(subject)}`.trim();
}

/** RFC 5322 3.6.2: Reply-To where its author gave one, else From. Only addresses that mail can be sent to. */
export function replyRecipients({ replyTo, from }: Pick<MessageContent, 'replyTo' | 'from'>): Address[] {
  const asked = replyTo.filter(({ address }) => isAddress(address));
  return asked.length > 0 ? asked : from.filter(({ address }) => isAddress(address));
}

/** RFC 5322 3.6.4: the References of the message, or else its In-Reply-To if that is one, and then its Message-ID. */
export function ancestorsOf(
  message: Pick<MessageContent, 'messageId' | 'inReplyTo' | 'references'>,
): string[] {
  const before =
    message.references.length > 0 || message.inReplyTo.length !== 1 ? message.references : message.inReplyTo;
  const own = message.messageId === null ? [] : [message.messageId];
  const all = [...new Set([...before.filter((id) => !own.includes(id)), ...own])].filter((id) =>
    messageId.test(id),
  );
  return all.length <= mostReferences ? all : [...all.slice(0, 1), ...all.slice(1 - mostReferences)];
}

/** An addr-spec (RFC 5321 4.1.2) that can stand in an envelope as it is: no quoted local part, no space, no brackets. */
export function isAddress(text: string): boolean {
  return text.length <= 320 && /^[^\s@<>"(),:;\\[\]\p{Cc}]+@[^\s@<>"(),:;\\[\]\p{Cc}]+$/u.test(text);
}
