import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { createMessageParser } from '../../src/mime/parser.ts';

const megabytes = 1024 * 1024;

/** A piece of an attachment as it comes from a connection, and what it decodes to. */
const pieces: Record<string, { encoded: Buffer; decoded: Buffer }> = {
  base64: {
    encoded: Buffer.from(`${'QUJD'.repeat(19)}\r\n`.repeat(840)),
    decoded: Buffer.from('ABC'.repeat(19 * 840)),
  },
  'quoted-printable': {
    encoded: Buffer.from(`${'=C3=A4 '.repeat(10)}=\r\n`.repeat(880)),
    decoded: Buffer.from('ä '.repeat(10 * 880)),
  },
};

describe('a message of 100 MB', () => {
  for (const [encoding, { encoded, decoded }] of Object.entries(pieces))
    test(`with an attachment in ${encoding} is parsed in a few megabytes`, () => {
      const parser = createMessageParser();
      const source = createHash('sha256');
      const attachment = createHash('sha256');
      const write = (bytes: Buffer) => {
        source.update(bytes);
        parser.write(bytes);
      };
      const rounds = Math.ceil((100 * megabytes) / encoded.length);
      let least = Number.POSITIVE_INFINITY;
      let most = 0;

      write(
        Buffer.from(
          'Subject: large\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nhello\r\n--x\r\n',
        ),
      );
      write(Buffer.from(`Content-Type: application/zip\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`));
      for (let round = 0; round < rounds; round++) {
        write(encoded);
        attachment.update(decoded);
        const used = process.memoryUsage.rss();
        least = Math.min(least, used);
        most = Math.max(most, used);
      }
      write(Buffer.from('\r\n--x--\r\n'));
      const parsed = parser.end();

      assert.ok(most - least < 48 * megabytes, `${Math.round((most - least) / megabytes)} MB more were used`);
      assert.ok(parsed.size > 100 * megabytes);
      assert.equal(parsed.sha256, source.digest('hex'));
      assert.equal(parsed.content.text, 'hello');
      assert.equal(parsed.content.attachments[0]?.size, rounds * decoded.length);
      assert.equal(parsed.content.attachments[0]?.sha256, attachment.digest('hex'));
      assert.deepEqual(parsed.content.defects, []);
    });
});
