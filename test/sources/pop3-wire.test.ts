import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { receivedAt } from '../../src/sources/pop3/received.ts';
import { Wire } from '../../src/sources/pop3/wire.ts';

/** A wire over which these pieces come, one after the other. */
function wireOf(pieces: Uint8Array[], { ends = true } = {}) {
  const stream = Object.assign(new PassThrough(), { setTimeout() {} });
  const wire = new Wire(stream as unknown as Socket, 1_000, () => {});
  void (async () => {
    for (const piece of pieces) {
      stream.write(piece);
      await new Promise(setImmediate);
    }
    if (ends) stream.end();
  })();
  return wire;
}

/** Text rich in what could be taken for the end of an answer. */
const tricky = fc.array(fc.constantFrom('.', '\r\n', '\n', '\r', 'x', '..', 'Subject: x'), { maxLength: 40 });

test('whatever a message holds and however it is cut on the way, its bytes come out as they went in', async () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(tricky, cuts, async (parts, sizes) => {
      const message = `${parts.join('')}\r\n`;
      // RFC 1939 3: only a dot right after CRLF is doubled
      const sent = Buffer.from(`${`\r\n${message}`.replaceAll('\r\n.', '\r\n..').slice(2)}.\r\n+OK next\r\n`);
      const pieces: Buffer[] = [];
      for (let at = 0, i = 0; at < sent.length; i++) {
        const size = sizes[i % sizes.length] ?? 1;
        pieces.push(sent.subarray(at, at + size));
        at += size;
      }
      const wire = wireOf(pieces);
      const got: Buffer[] = [];
      for await (const piece of wire.readMultiline()) got.push(piece);
      assert.equal(Buffer.concat(got).toString(), message);
      assert.equal(await wire.readLine(), '+OK next');
    }),
    { numRuns: 300 },
  );
});

test('an answer without lines is empty, and one that breaks off is no answer', async () => {
  const pieces: Buffer[] = [];
  for await (const piece of wireOf([Buffer.from('.\r\n')]).readMultiline()) pieces.push(piece);
  assert.deepEqual(pieces, []);
  for (const cut of ['', 'x', 'x\r\n', 'x\r\n.', 'x\r\n.\r'])
    await assert.rejects(async () => {
      for await (const _ of wireOf([Buffer.from(cut)]).readMultiline());
    }, cut);
});

test('a line without an end is refused before it fills the memory', async () => {
  const endless = Array.from({ length: 100 }, () => Buffer.alloc(10_000, 'x'));
  await assert.rejects(wireOf(endless, { ends: false }).readLine(), /without an end/);
});

test('the date of a message is that of its topmost Received field that has one, of its header only', () => {
  const date = (text: string) => receivedAt(Buffer.from(text.replaceAll('\n', '\r\n')));
  assert.equal(
    date(
      'Subject: x\nReceived: by a; nonsense\nReceived: by b\n\t(via c; x);\n Mon, 1 Jun 2026 02:00:00 +0200\n\n',
    ),
    '2026-06-01T00:00:00.000Z',
  );
  assert.equal(date('X-Received: by a; Mon, 1 Jun 2026 02:00:00 +0200\nSubject: x\n\n'), null);
  assert.equal(date('Subject: x\n\nReceived: by a; Mon, 1 Jun 2026 02:00:00 +0200\n'), null);
  assert.equal(date(''), null);
});
