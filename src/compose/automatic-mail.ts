import type { MessageContent } from '../model/message.ts';

/** Fields by which lists and bulk senders are known (RFC 2369, RFC 2919). */
const listFields = /^list-(id|unsubscribe|post|help|owner|archive|subscribe)$/;
/** Local parts behind which nobody reads; RFC 3834 2 names some of them. */
const nobody =
  /^(mailer-daemon|postmaster|bounces?|daemon|listserv|majordomo|(.*[._+-])?(no|do[._-]?not|donot)[._-]?reply([._+-].*)?)$|^owner-|-(request|bounces?|owner)$/;
/** Fields of other programs' automatic mail. */
const automaticFields = ['x-autoreply', 'x-autorespond', 'x-auto-reply', 'x-failed-recipients'];

/**
 * Why a message must not be answered automatically, so that programs never write to each other for ever (RFC 3834 2);
 * null when it may be. `own`: addresses that are ours, in lower case. `to`: whom the answer would go to.
 */
export function whyUnanswered(
  { headers }: Pick<MessageContent, 'headers'>,
  to: string,
  own: ReadonlySet<string>,
): string | null {
  const values = (name: string) =>
    headers
      .filter((field) => field.name.toLowerCase() === name)
      .map(({ value }) => value.trim().toLowerCase());
  if (values('auto-submitted').some((value) => value.split(/[;\s]/)[0] !== 'no')) return 'Auto-Submitted';
  if (values('precedence').some((value) => /^(bulk|list|junk|auto_reply)\b/.test(value))) return 'Precedence';
  if (headers.some(({ name }) => listFields.test(name.toLowerCase()))) return 'a mailing list';
  if (values('return-path').some((value) => /^<\s*>$/.test(value))) return 'an empty Return-Path';
  if (values('x-auto-response-suppress').some((value) => /\b(all|autoreply|oof)\b/.test(value)))
    return 'X-Auto-Response-Suppress';
  if (values('content-type').some((value) => value.startsWith('multipart/report'))) return 'a report';
  if (automaticFields.some((name) => values(name).length > 0)) return 'a field of an automatic mail';
  if (nobody.test(to.slice(0, to.lastIndexOf('@')))) return 'an address that nobody reads';
  return own.has(to) ? 'an address of our own' : null;
}
