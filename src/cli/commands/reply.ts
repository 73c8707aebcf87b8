import type { Readable } from 'node:stream';
import type { OutgoingMail } from '../../model/outgoing.ts';
import { invalidInput } from '../../model/problem.ts';
import { usageProblem } from '../arguments.ts';
import { readBounded, readFileBounded } from '../bounded-input.ts';
import type { Call, Command, Options } from '../command.ts';
import { findByOption } from '../find.ts';

const options: Options = {
  text: { type: 'text', value: 'TEXT', summary: 'What to write', field: 'text' },
  'text-file': {
    type: 'text',
    value: 'FILE',
    summary: 'Or: file with the text; - is standard input',
    field: 'text',
  },
  'html-file': {
    type: 'text',
    value: 'FILE',
    summary: 'File with the same as HTML, beside the text',
    field: 'html',
  },
  outgoing: {
    type: 'text',
    value: 'OUTGOING',
    summary: 'Outgoing email server, by name or id; by default the one of the mailbox’s address',
    field: 'serverId',
  },
  subject: {
    type: 'text',
    value: 'TEXT',
    summary: 'By default Re: and the message’s subject',
    field: 'subject',
  },
  to: {
    type: 'text',
    value: 'ADDRESS',
    summary: 'By default whom the message names to answer to',
    field: 'to',
    multiple: true,
  },
  cc: { type: 'text', value: 'ADDRESS', summary: 'Gets a copy', field: 'cc', multiple: true },
  automatic: {
    type: 'flag',
    summary: 'A program sends it: marked so that none answers it',
    field: 'automatic',
  },
};

export const reply: Command = {
  name: 'reply',
  summary: 'Answers a message, in its thread',
  operand: { name: 'MESSAGE' },
  options,
  notes: 'The answer is in the outbox when this ends; a running server sends it.',
  async run(call) {
    const { given, out } = call;
    const text = await readText(call);
    const html = given.text('html-file');
    const api = await call.api();
    const [message = ''] = given.operands;
    const mail = await api.request<OutgoingMail>(
      'POST',
      `/api/messages/${encodeURIComponent(message)}/reply`,
      {
        text,
        html: html === undefined ? undefined : await readTextFile(html, '--html-file', null),
        serverId: await findByOption(call, 'outgoing-server', 'outgoing'),
        subject: given.text('subject'),
        to: given.flag('to') ? given.texts('to') : undefined,
        cc: given.flag('cc') ? given.texts('cc') : undefined,
        automatic: given.flag('automatic') || undefined,
      },
    );
    out.show(
      mail,
      ({ id, recipients, subject }) =>
        `The answer “${subject}” to ${recipients.map(({ address }) => address).join(', ')} is in the outbox (${id}).`,
    );
    return 0;
  },
};

async function readText({ command, given, stdin }: Call): Promise<string> {
  const [text, file] = [given.text('text'), given.text('text-file')];
  if ((text === undefined) === (file === undefined))
    throw usageProblem([{ field: '--text', expected: 'either this or --text-file' }], command.name);
  if (text !== undefined) return text;
  return readTextFile(file ?? '', '--text-file', stdin);
}

/** As much as a request to the API may have. */
const largestBytes = 1024 * 1024;

/** `stdin` is what - stands for; null where it stands for nothing. */
async function readTextFile(file: string, option: string, stdin: Readable | null): Promise<string> {
  const bytes =
    stdin && file === '-'
      ? await readBounded(stdin, largestBytes)
      : await readFileBounded(file, option, largestBytes);
  if (bytes.length > largestBytes) throw invalidInput([{ field: option, expected: 'at most 1 MiB of text' }]);
  return bytes.toString();
}
