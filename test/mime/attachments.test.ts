import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import MailComposer from 'nodemailer/lib/mail-composer';
import { decodeBody } from '../../src/mime/decode.ts';
import { parseMessage } from '../../src/mime/parser.ts';
import type { Attachment } from '../../src/model/message.ts';
import { readCorpus } from './corpus.ts';

/** An attachment's bytes, decoded from where they lie in the source, which comes in pieces. */
async function fetchAttachment(source: Buffer, { offset, length, encoding }: Attachment): Promise<Buffer> {
  async function* raw() {
    for (let at = offset; at < offset + length; at += 777)
      yield source.subarray(at, Math.min(at + 777, offset + length));
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of decodeBody(encoding, raw())) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('every attachment of the corpus decodes on demand to the size and checksum recorded for it', async () => {
  for (const { name, bytes } of readCorpus())
    for (const attachment of parseMessage(bytes).content.attachments) {
      const content = await fetchAttachment(bytes, attachment);
      assert.equal(content.length, attachment.size, name);
      assert.equal(createHash('sha256').update(content).digest('hex'), attachment.sha256, name);
    }
});

describe('a mail as another program composes it comes back as it was given', () => {
  const image = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7) % 256));
  const letter = {
    from: { name: 'Jörg Groß', address: 'joerg@example.com' },
    to: [
      { name: 'Doe, Jane', address: 'jane@example.org' },
      { name: '', address: 'bob@example.org' },
    ],
    cc: [{ name: '日本太郎', address: 'taro@example.jp' }],
    subject: `Ängebot № 5 für ${'Löwenzahnstraße '.repeat(8)}`,
    text: `Grüße\n\n-- \n${'langes Wort '.repeat(30)}`,
    html: '<p>Grüße <img src="cid:image@example.com"></p>',
    messageId: '<1@example.com>',
    date: new Date('2024-02-29T12:00:00Z'),
    attachments: [
      {
        filename: 'bild.png',
        content: image,
        cid: 'image@example.com',
        contentDisposition: 'inline' as const,
      },
      { filename: 'Rechnung № 17 – März.pdf', content: image },
      { filename: `${'sehr '.repeat(30)}lang.txt`, content: 'text', contentType: 'text/plain' },
    ],
  };

  for (const textEncoding of ['quoted-printable', 'base64'] as const)
    test(textEncoding, async () => {
      const source = await new MailComposer({ ...letter, textEncoding }).compile().build();
      const { content } = parseMessage(source);
      assert.deepEqual(content.defects, []);
      assert.deepEqual(content.from, [letter.from]);
      assert.deepEqual(content.to, letter.to);
      assert.deepEqual(content.cc, letter.cc);
      assert.equal(content.subject, letter.subject);
      assert.equal(content.text, letter.text);
      assert.equal(content.html, letter.html);
      assert.equal(content.messageId, '1@example.com');
      assert.equal(content.date, '2024-02-29T12:00:00.000Z');
      assert.deepEqual(
        content.attachments.map(({ filename, disposition, contentId }) => ({
          filename,
          disposition,
          contentId,
        })),
        letter.attachments.map(({ filename, cid, contentDisposition }) => ({
          filename,
          disposition: contentDisposition ?? 'attachment',
          contentId: cid ?? null,
        })),
      );
      for (const [index, attachment] of content.attachments.entries())
        assert.deepEqual(
          await fetchAttachment(source, attachment),
          Buffer.from(letter.attachments[index]?.content ?? ''),
        );
    });
});
