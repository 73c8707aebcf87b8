import type { Address, MessageContent } from '../model/message.ts';
import { parseAddresses } from './addresses.ts';
import { parseDate } from './date.ts';
import type { Report } from './defects.ts';
import type { Field } from './fields.ts';
import type { Limits } from './limits.ts';
import { parseMessageId, parseMessageIds } from './message-ids.ts';
import { decodeWords } from './words.ts';

type MessageFields = Omit<MessageContent, 'text' | 'html' | 'attachments' | 'defects'>;

/** RFC 5322 3.6: these occur once; of repeated ones the first counts. */
const single = new Set(
  'date from sender reply-to message-id in-reply-to references subject content-type'.split(' '),
);

/** What a message's own header says, read from its fields. */
export function readMessageFields(fields: readonly Field[], limits: Limits, report: Report): MessageFields {
  const values = new Map<string, string[]>();
  for (const { key, value } of fields) {
    const others = values.get(key);
    if (!others) values.set(key, [value]);
    else {
      others.push(value);
      if (single.has(key)) report('field-repeated');
    }
  }
  const first = (key: string) => values.get(key)?.[0];
  const addresses = (written: string[]): Address[] => parseAddresses(written, limits.addresses, report);
  const originator = (key: string) => addresses([first(key) ?? '']);
  const recipients = (key: string) => addresses(values.get(key) ?? []);
  const ids = (key: string) => parseMessageIds(first(key) ?? '', limits.messageIds, report);

  const dateField = first('date');
  const date = dateField === undefined ? null : parseDate(dateField, report);
  if (dateField !== undefined && date === null) report('date-unreadable');
  return {
    headers: fields.map(({ name, value }) => ({ name, value: decodeWords(value) })),
    messageId: parseMessageId(first('message-id')),
    inReplyTo: ids('in-reply-to'),
    references: ids('references'),
    date,
    subject: decodeWords(first('subject') ?? ''),
    from: originator('from'),
    sender: originator('sender'),
    replyTo: originator('reply-to'),
    to: recipients('to'),
    cc: recipients('cc'),
    bcc: recipients('bcc'),
  };
}
