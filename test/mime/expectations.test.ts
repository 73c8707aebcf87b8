import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Address } from '../../src/model/message.ts';
import { type Expectation, type ExpectedAddress, readCorpus, readExpectation } from './corpus.ts';
import { understand } from './mail.ts';

/**
 * Where the expectations of stalwartlabs/mail-parser mean something else: it replaces what is not in the declared
 * charset (009 also does not join flowed lines), keeps paths in file names, and gives a multipart that is not closed as an attachment.
 */
const otherMeaning = new Map([
  ['stalwart/legacy/009.eml', ['text']],
  ['stalwart/legacy/020.eml', ['subject', 'to']],
  ['stalwart/legacy/033.eml', ['text']],
  ['stalwart/legacy/035.eml', ['fileNames']],
  ['stalwart/legacy/052.eml', ['subject', 'to', 'text']],
  ['stalwart/malformed/006.eml', ['text', 'fileNames']],
  ['stalwart/malformed/008.eml', ['html', 'fileNames']],
  ['stalwart/rfc/001.eml', ['fileNames']],
  ['stalwart/thirdparty/002.eml', ['text', 'fileNames']],
]);

describe('mails are read as stalwartlabs/mail-parser expects, where it means the same', () => {
  for (const { name, bytes } of readCorpus()) {
    const expected = readExpectation(name);
    if (!expected) continue;
    test(name, () => {
      const content = understand(bytes);
      const ours = {
        subject: content.subject,
        messageId: content.messageId,
        from: listOurs(content.from),
        to: listOurs(content.to),
        text: lines(content.text),
        html: lines(content.html),
        fileNames: content.attachments.map((attachment) => attachment.filename),
      };
      const theirs = readTheirs(expected);
      for (const key of Object.keys(ours) as (keyof typeof ours)[])
        if (otherMeaning.get(name)?.includes(key)) assert.notDeepEqual(ours[key], theirs[key], key);
        else assert.deepEqual(ours[key], theirs[key], key);
    });
  }
});

function readTheirs(expected: Expectation) {
  const header = (key: string) => expected.parts[0]?.headers.find((field) => field.name === key)?.value;
  const bodies = (indices: number[], kind: 'Text' | 'Html') =>
    indices.flatMap((index) => expected.parts[index]?.body[kind] ?? []).join('\n');
  return {
    subject: header('subject')?.Text ?? '',
    messageId: header('message_id')?.Text ?? null,
    from: listTheirs(header('from')?.Address),
    to: listTheirs(header('to')?.Address),
    text: lines(bodies(expected.text_body, 'Text')),
    html: lines(bodies(expected.html_body, 'Html')),
    fileNames: expected.attachments.map((index) => {
      const parameter = (key: string, name: string) =>
        expected.parts[index]?.headers
          .find((field) => field.name === key)
          ?.value?.ContentType?.attributes?.find((attribute) => attribute.name === name)?.value;
      return parameter('content_disposition', 'filename') ?? parameter('content_type', 'name') ?? null;
    }),
  };
}

function listOurs(list: readonly Address[]): string[] {
  return list.map(({ name, address }) => `${name} <${address}>`);
}

function listTheirs(
  field: { List?: ExpectedAddress[]; Group?: { addresses: ExpectedAddress[] }[] } | undefined,
) {
  const all = [...(field?.List ?? []), ...(field?.Group ?? []).flatMap((group) => group.addresses)];
  return all.map(({ name, address }) => `${name ?? ''} <${address ?? ''}>`);
}

function lines(text: string | null): string[] {
  return (text ?? '')
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}
