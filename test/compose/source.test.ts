import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { composed, support } from './setting.ts';

test('a mail is from the server’s address, to whom it is meant for, with a Message-ID of our domain', async () => {
  const { mail, content, field } = await composed({ cc: [{ name: '', address: 'bob@x.example' }] });
  assert.deepEqual(content.from, [{ name: 'Contoso Support', address: 'support@contoso.example' }]);
  assert.deepEqual(content.to, [{ name: 'Ann', address: 'ann@x.example' }]);
  assert.deepEqual(content.cc, [{ name: '', address: 'bob@x.example' }]);
  assert.equal(content.messageId, `${mail.id}@contoso.example`);
  assert.equal(mail.messageId, content.messageId);
  assert.ok(content.date);
  assert.deepEqual(field('auto-submitted'), []);
  assert.deepEqual(content.defects, []);
  assert.equal(mail.sender, 'support@contoso.example');
  assert.equal(mail.threadId, mail.id);
});

test('who gets a blind copy is in the envelope and nowhere in the mail', async () => {
  const { mail, source } = await composed({ bcc: [{ name: 'Secret', address: 'secret@x.example' }] });
  assert.deepEqual(
    mail.recipients.map(({ address }) => address),
    ['ann@x.example', 'secret@x.example'],
  );
  assert.doesNotMatch(source, /secret|bcc/i);
});

test('text of any script goes out as ASCII with CRLF, lines within 998 bytes, and is read as it was written', async () => {
  const text = `Grüße, 佐藤さん — «ok»\n${'long '.repeat(500)}\n.\nFrom the desk`;
  const subject = `Anfrage „Prüfung“ ${'ü'.repeat(100)}`;
  const { bytes, content } = await composed({ text, subject, html: '<p>Grüße &amp; 佐藤</p>' });
  assert.ok(bytes.every((byte) => byte < 128));
  assert.ok(
    bytes
      .toString()
      .split('\r\n')
      .every((line) => line.length <= 998 && !/[\r\n]/.test(line)),
  );
  assert.equal(content.text?.replaceAll('\r\n', '\n').trimEnd(), text);
  assert.equal(content.html?.trimEnd(), '<p>Grüße &amp; 佐藤</p>');
  assert.equal(content.subject, subject);
});

test('RFC 3834: automatic mail says so, has no return path, and asks for no answer', async () => {
  for (const automatic of ['auto-replied', 'auto-generated'] as const) {
    const { mail, field } = await composed({ automatic });
    assert.deepEqual(field('auto-submitted'), [automatic]);
    assert.deepEqual(field('x-auto-response-suppress'), ['All']);
    assert.equal(mail.sender, '');
  }
});

test('an internationalised domain is in the envelope as SMTP knows it', async () => {
  const { mail } = await composed({ to: [{ name: '', address: 'info@bücher.example' }] });
  assert.deepEqual(
    mail.recipients.map(({ address }) => address),
    ['info@xn--bcher-kva.example'],
  );
});

test('the same address twice gets one mail', async () => {
  const { mail } = await composed({ cc: [{ name: 'Ann again', address: 'ann@x.example' }] });
  assert.equal(mail.recipients.length, 1);
});

test('nothing that people or other mail say becomes a field of its own', async () => {
  const nasty = fc.string({
    unit: fc.constantFrom('a', ' ', '\r', '\n', '\0', ':', '\u2028', '\u0085', '"', '<', '>', 'ü', '=?'),
  });
  await fc.assert(
    fc.asyncProperty(nasty, nasty, nasty, async (subject, name, reference) => {
      const evil = 'x\r\nBcc: evil@x.example\r\n\r\ninjected';
      const { content, source } = await composed(
        {
          subject: `${subject}${evil}`,
          to: [{ name: `${name}${evil}`, address: 'ann@x.example' }],
          answers: {
            headers: [],
            id: 'msg_1',
            threadId: 'thr_1',
            messageId: `${reference}${evil}`,
            inReplyTo: [evil],
            references: [`${reference}${evil}`, 'good@x.example'],
          },
        },
        { ...support, displayName: `${name}${evil}` },
      );
      const names = content.headers.map((header) => header.name.toLowerCase());
      assert.deepEqual(
        names.toSorted(),
        [
          'content-transfer-encoding',
          'content-type',
          'date',
          'from',
          'message-id',
          'mime-version',
          'references',
          'subject',
          'to',
        ],
        source,
      );
      assert.equal(content.text?.trimEnd(), 'Good day.');
      assert.deepEqual(content.references, ['good@x.example']);
      assert.deepEqual(
        content.to.map(({ address }) => address),
        ['ann@x.example'],
      );
    }),
    { numRuns: 200 },
  );
});

test('what looks like a file or a URL is text', async () => {
  const { content } = await composed({ text: '/etc/passwd', html: 'https://localhost/secret' });
  assert.equal(content.text?.trimEnd(), '/etc/passwd');
  assert.equal(content.html?.trimEnd(), 'https://localhost/secret');
});
