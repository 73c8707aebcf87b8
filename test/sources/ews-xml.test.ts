import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { awaitToken, escapeText, readXml, XmlError } from '../../src/network/xml.ts';
import { find, readElement, textOf, type XmlElement } from '../../src/network/xml-element.ts';
import { createBase64Decoder } from '../../src/sources/ews/base64.ts';

/** In pieces that end after these numbers of bytes. */
async function* inPieces(bytes: Buffer, lengths: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (const length of lengths) {
    yield bytes.subarray(at, at + length);
    at += length;
  }
  yield bytes.subarray(at);
}

async function read(text: string | Buffer, lengths: readonly number[] = []): Promise<XmlElement[]> {
  const tokens = readXml(inPieces(Buffer.from(text), lengths));
  const elements: XmlElement[] = [];
  for (;;) {
    const token = tokens.take() ?? (await awaitToken(tokens));
    if (!token) return elements;
    if (token.kind === 'open') elements.push(await readElement(tokens, token));
  }
}

async function assertRefused(text: string | Buffer, why: string): Promise<void> {
  await assert.rejects(read(text), XmlError, why);
}

test('elements, attributes and text are read, prefixes left off', async () => {
  const [root] = await read(
    `\ufeff<?xml version="1.0"?>\n<m:a xmlns:m="urn:x" b = 'c > d' e="&lt;&#65;&#x42;"><!-- <no> --><m:f>1</m:f> 2<![CDATA[<&>]]><g/></m:a>\n`,
  );
  assert.ok(root);
  assert.deepEqual([root.name, root.attributes.b, root.attributes.e], ['a', 'c > d', '<AB']);
  assert.deepEqual(
    root.children.map(({ name }) => name),
    ['f', 'g'],
  );
  assert.deepEqual([root.text, textOf(root, 'f'), find(root, 'h')], [' 2<&>', '1', undefined]);
});

test('documents that follow each other are read one after the other', async () => {
  const roots = await read('<?xml version="1.0"?><a>1</a>\r\n<a>2</a><?xml version="1.0"?><a>3</a>');
  assert.deepEqual(
    roots.map(({ text }) => text),
    ['1', '2', '3'],
  );
});

test('any text comes back from an element and an attribute, in whatever pieces it arrives', async () => {
  const pieces = fc.array(fc.nat({ max: 12 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), pieces, async (text, lengths) => {
      const [root] = await read(`<a b="${escapeText(text)}">${escapeText(text)}</a>`, lengths);
      assert.deepEqual([root?.attributes.b, root?.text], [text, text]);
    }),
  );
});

test('what is no well-formed XML is refused', async () => {
  const refused = {
    'text before the root': 'x<a/>',
    'an end too early': '<a><b></b>',
    'an end within a tag': '<a b="c',
    'an element that ends another': '<a></b>',
    'an end without a beginning': '</a>',
    'elements that overlap': '<a><b></a></b>',
    'an attribute without quotes': '<a b=c/>',
    'a less-than sign in an attribute': '<a b="<"/>',
    'a name that is none': '<1/>',
    'an entity that is unknown': '<a>&nbsp;</a>',
    'an ampersand by itself': '<a>x & y</a>',
    'a page of a proxy': '<html><body><br>Sign in</body></html>',
  };
  for (const [why, text] of Object.entries(refused)) await assertRefused(text, why);
});

test('there are no document types, and so no entities that grow or read files', async () => {
  await assertRefused('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 'an internal entity');
  await assertRefused('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', 'an external one');
  await assertRefused('<a>&b;</a>', 'and none without');
  await assertRefused('<a>&constructor;</a>', 'not even one that every object inherits');
  await assertRefused('<a b="&b;"/>', 'nor in an attribute');
});

test('references to characters that XML has no place for are read, as Exchange writes them', async () => {
  const [root] = await read('<a b="&#x1F;">&#0;&#x1b;&#xD83D;&#xDE00;&#x110000;</a>', [12, 3, 5, 1]);
  assert.deepEqual([root?.attributes.b, root?.text], ['\x1f', '\0\x1b😀\ufffd']);
});

test('attributes that are named as what objects inherit are read or refused, and nothing else goes wrong', async () => {
  const [root] = await read('<a __proto__="1" constructor="2" toString="3"/>');
  assert.equal(root?.attributes.constructor, '2');
  await assertRefused('<a hasOwnProperty="1" b="2"/>', 'the tokenizer asks the attributes for it');
});

test('what came before an error is read', async () => {
  const tokens = readXml(inPieces(Buffer.from('<a><b/>text</c>'), []));
  const kinds: string[] = [];
  await assert.rejects(async () => {
    for (;;) kinds.push((tokens.take() ?? (await awaitToken(tokens)))?.kind ?? 'end');
  }, XmlError);
  assert.deepEqual(kinds, ['open', 'open', 'close', 'text']);
});

test('what is too long or too deep is refused, not held', async () => {
  await assertRefused(`<a b="${'x'.repeat(100_000)}"/>`, 'a tag');
  const long = Buffer.from(`<a b="${'x'.repeat(100_000)}`);
  await assert.rejects(
    read(
      long,
      Array.from({ length: 99 }, () => 1_000),
    ),
    /too long/,
    'a tag without an end, in pieces',
  );
  await assertRefused(
    `<a>${`<b c="${'x'.repeat(60_000)}"/>`.repeat(400)}</a>`,
    'attributes that are to be held',
  );
  await assertRefused(`<!--${'x'.repeat(100_000)}`, 'a comment without an end');
  await assertRefused('<a>'.repeat(1_000), 'depth');
  await assertRefused(Buffer.from(`<a>${'x'.repeat(20_000_000)}</a>`), 'a text that is to be held');
});

test('base64 is decoded in whatever pieces it arrives, line ends within', async () => {
  const pieces = fc.array(fc.nat({ max: 12 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), pieces, async (bytes, lengths) => {
      const encoded = Buffer.from(Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n'));
      const decoder = createBase64Decoder();
      const decoded: Buffer[] = [];
      for await (const piece of inPieces(encoded, lengths)) decoded.push(decoder.write(piece));
      decoder.end();
      assert.deepEqual(Buffer.concat(decoded), Buffer.from(bytes));
    }),
  );
});

test('what is no base64 is refused', () => {
  for (const text of ['QUJD!', 'QUI', 'QUI=QUI=', '====', 'QQ==QQ==']) {
    const decoder = createBase64Decoder();
    assert.throws(() => {
      decoder.write(Buffer.from(text));
      decoder.end();
    }, text);
  }
});
