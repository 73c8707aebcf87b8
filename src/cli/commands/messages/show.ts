import type { Address, Message } from '../../../model/message.ts';
import type { Command } from '../../command.ts';
import { details, instant } from '../../output.ts';

export const messagesShow: Command = {
  name: 'messages show',
  summary: 'Shows a message',
  operand: { name: 'MESSAGE' },
  options: {},
  async run({ api, given, out }) {
    const [id = ''] = given.operands;
    const message = await (await api()).request<Message>('GET', `/api/messages/${encodeURIComponent(id)}`);
    out.show(message, forPeople);
    return 0;
  },
};

function forPeople(message: Message): string {
  const head = details([
    ['Subject', message.subject],
    ['From', addresses(message.from)],
    ['To', addresses(message.to)],
    ['Cc', addresses(message.cc)],
    ['Date', instant(message.date)],
    ['Received', instant(message.receivedAt)],
    ['Mailbox', `${message.mailbox}, ${message.folder}`],
    ['Message-ID', message.messageId],
    ['Thread', message.threadId],
    ['Size', `${message.size} bytes`],
    ...message.attachments.map(({ index, filename, contentType, size }): [string, string] => [
      `Attachment ${index}`,
      `${filename ?? 'without a name'} (${contentType}, ${size} bytes)`,
    ]),
    ...message.defects.map((defect): [string, string] => ['Malformed', defect]),
  ]);
  const body = message.text ?? 'There is no text.';
  return `${head}\n\n${body.replace(/\r\n?/g, '\n').trimEnd()}`;
}

function addresses(list: Address[]): string {
  return list.map(({ name, address }) => (name ? `${name} <${address}>` : address)).join(', ');
}
