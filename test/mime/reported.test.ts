import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { decodeAttachment } from '../../src/mime/decode.ts';
import { parseMessage } from '../../src/mime/parser.ts';
import type { Attachment } from '../../src/model/message.ts';

/** What stands beside a mail of `test/mime/reported`. */
interface Reported {
  /** Public reports of users of mail software, as owner/repository#number. */
  reports?: string[];
  trouble: string;
  /**
   * Right values by their path in the message: `to[0].address`, `from.length`. Of attachments only the keys named are
   * compared; `content` is the decoded body, as UTF-8. A path may end in how it is compared, see {@link comparisons}.
   */
  expect: Record<string, unknown>;
  why: string;
}

const textOf = (value: unknown) => (Array.isArray(value) ? value.join('\n') : String(value));
const comparisons: Record<string, (actual: unknown, expected: unknown) => void> = {
  ':includes': (actual, expected) =>
    assert.ok(textOf(actual).includes(textOf(expected)), `${actual} has no ${expected}`),
  ':startsWith': (actual, expected) =>
    assert.ok(textOf(actual).startsWith(textOf(expected)), `${actual} does not begin with ${expected}`),
  ':trim': (actual, expected) => assert.equal(textOf(actual).trim(), textOf(expected).trim()),
  ':trimStart': (actual, expected) =>
    assert.equal(textOf(actual).trimStart().trimEnd(), textOf(expected).trim()),
  ':noNul': (actual) => assert.ok(!textOf(actual).includes('\0')),
  ':noGarbage': (actual) => assert.doesNotMatch(textOf(actual), /\ufffd|(?![\t-\r])\p{Cc}/u),
  '>': (actual, expected) =>
    assert.ok(Number(actual) > Number(expected), `${actual} is not above ${expected}`),
  '': (actual, expected) => assert.deepEqual(likeExpected(actual, expected), withoutLineEnds(expected)),
};

const folder = join(import.meta.dirname, 'reported');

describe('mails that users reported as misread are read right', () => {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.eml'))) {
    const { trouble, expect }: Reported = JSON.parse(
      readFileSync(join(folder, name.replace(/\.eml$/, '.expected.json')), 'utf8'),
    );
    test(`${name}: ${trouble}`, async () => {
      const message = await readMessage(readFileSync(join(folder, name)));
      for (const [key, expected] of Object.entries(expect)) {
        const suffix = Object.keys(comparisons).find((end) => key.endsWith(end)) as string;
        comparisons[suffix]?.(valueAt(message, key.slice(0, key.length - suffix.length)), expected);
      }
    });
  }
});

async function readMessage(source: Buffer): Promise<object> {
  const { content } = parseMessage(source);
  const attachments = content.attachments.map(async (attachment) => ({
    ...attachment,
    content: await contentOf(attachment, source),
  }));
  return { ...content, attachments: await Promise.all(attachments) };
}

async function contentOf(attachment: Attachment, source: Buffer): Promise<string> {
  async function* raw(offset: number, length: number) {
    yield source.subarray(offset, offset + length);
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of decodeAttachment(attachment, raw)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

function valueAt(message: object, path: string): unknown {
  return path
    .split(/[.[\]]+/)
    .reduce<unknown>(
      (value, key) => (key === '' ? value : (value as Record<string, unknown> | undefined)?.[key]),
      message,
    );
}

/** Text without line ends at its end; of attachments the keys that are expected of them. */
function likeExpected(actual: unknown, expected: unknown): unknown {
  if (!Array.isArray(actual) || !Array.isArray(expected)) return withoutLineEnds(actual);
  return actual.map((entry, index) => {
    const wanted = expected[index];
    if (typeof entry !== 'object' || typeof wanted !== 'object' || !('sha256' in entry)) return entry;
    return withoutLineEnds(Object.fromEntries(Object.keys(wanted).map((key) => [key, entry[key]])));
  });
}

function withoutLineEnds(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/[\r\n]+$/, '');
  if (Array.isArray(value)) return value.map(withoutLineEnds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutLineEnds(entry)]));
}
