import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createMessageParser } from '../../mime/parser.ts';
import { withText } from '../../mime/text-from-html.ts';
import { type FieldProblem, invalidInput } from '../../model/problem.ts';
import { writeAttachment } from '../attachment-file.ts';
import type { Call, Command } from '../command.ts';
import { jsonLine } from '../output.ts';

/** What the parser makes of a mail, with its text as destinations get it. */
type ParsedMail = Awaited<ReturnType<typeof readMail>>;

export const parse: Command = {
  name: 'parse',
  summary: 'Prints how mails in files are understood, as JSON',
  operand: { name: 'FILE', multiple: true, optional: true },
  options: {
    attachments: {
      type: 'text',
      value: 'DIR',
      summary: 'Writes the attachments there, decoded, each as INDEX-NAME',
    },
  },
  notes:
    'FILE is a mail as it came, with its header; - or none is standard input. Each mail is one line of JSON: what a webhook gets as data, but for what only a mailbox knows. Attachments of several mails get a folder each, by the place of the mail: 1, 2. Nothing is overwritten. No mailbox, no data folder and no running server is needed.',
  async run(call) {
    const { given, folder, stdout } = call;
    const files = given.operands.length === 0 ? ['-'] : given.operands;
    const target = given.text('attachments');
    const unreadable: FieldProblem[] = [];
    for (const [index, file] of files.entries()) {
      await using source = await openSource(call, file, target !== undefined);
      const mail = await readMail(source.read()).catch((error: NodeJS.ErrnoException) => error);
      if (mail instanceof Error) {
        if (mail.code === undefined) throw mail;
        unreadable.push({
          field: 'FILE',
          expected: 'a mail that can be read',
          given: `${file} (${mail.code})`,
        });
        continue;
      }
      if (target !== undefined)
        await writeAll(
          mail,
          resolve(folder, target, files.length > 1 ? String(index + 1) : '.'),
          source.read,
        );
      stdout.write(`${jsonLine(mail)}\n`);
    }
    if (unreadable.length > 0) throw invalidInput(unreadable);
    return 0;
  },
};

/** A mail that can be read, where need be again and in part. */
interface Source extends AsyncDisposable {
  read(offset?: number, length?: number): AsyncIterable<Uint8Array>;
}

/** What comes by standard input is put into a file for the time, where it must be read again. */
async function openSource({ stdin, folder }: Call, file: string, again: boolean): Promise<Source> {
  if (file !== '-') return sourceOf(resolve(folder, file));
  if (!again) return { read: () => stdin, async [Symbol.asyncDispose]() {} };
  const temporary = await mkdtemp(join(tmpdir(), 'letterbox-parse-'));
  const copy = join(temporary, 'mail');
  await writeFile(copy, stdin, { mode: 0o600 });
  return {
    ...sourceOf(copy),
    async [Symbol.asyncDispose]() {
      await rm(temporary, { recursive: true, force: true });
    },
  };
}

function sourceOf(path: string): Source {
  return {
    read: (offset = 0, length = Number.POSITIVE_INFINITY) =>
      length === 0 ? emptySource() : createReadStream(path, { start: offset, end: offset + length - 1 }),
    async [Symbol.asyncDispose]() {},
  };
}

async function* emptySource(): AsyncIterable<Uint8Array> {}

async function readMail(source: AsyncIterable<Uint8Array>) {
  const parser = createMessageParser();
  for await (const chunk of source) parser.write(chunk);
  const { content, size, sha256 } = parser.end();
  return { ...withText(content), size, sha256 };
}

async function writeAll({ attachments }: ParsedMail, folder: string, read: Source['read']): Promise<void> {
  for (const attachment of attachments) await writeAttachment(folder, attachment, read);
}
