import iconv from 'iconv-lite';

type Order = 'le' | 'be';

/** UTF-16 in the order that its mark shows, else where its zeros lie, else as declared, else little endian (WHATWG Encoding 14). */
export function decodeUtf16(bytes: Buffer, declared: Order | null): string {
  if (isPlain(bytes)) return bytes.toString('latin1');
  const order = markedOrder(bytes) ?? likelyOrder(bytes) ?? declared ?? 'le';
  return iconv.decode(bytes, `utf-16${order}`);
}

/** The same for UTF-32, whose first bytes have a mark or zeros. */
export function decodeUtf32(bytes: Buffer, declared: Order | null): string {
  if (isPlain(bytes)) return bytes.toString('latin1');
  const order = bytes[0] === 0 ? 'be' : bytes[2] === 0 && bytes[3] === 0 ? 'le' : (declared ?? 'be');
  return iconv.decode(bytes, `utf-32${order}`);
}

/** Whether text that is said to be something else is UTF-16: it has the mark of that, and zeros. */
export function looksLikeUtf16(bytes: Buffer): boolean {
  return markedOrder(bytes) !== null && bytes.length % 2 === 0 && bytes.includes(0);
}

function markedOrder(bytes: Buffer): Order | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'be' : null;
}

/** Letters, spaces and line ends below U+0100 have a zero in their higher byte. */
function likelyOrder(bytes: Buffer): Order | null {
  const counts = [0, 0];
  for (let at = 0; at < bytes.length; at++)
    if (bytes[at] === 0) counts[at % 2] = (counts[at % 2] as number) + 1;
  const [even = 0, odd = 0] = counts;
  if (even === odd) return null;
  return even > odd ? 'be' : 'le';
}

/** ASCII without a zero byte is no text of two or four bytes a character. */
function isPlain(bytes: Buffer): boolean {
  return bytes.every((byte) => byte > 0 && byte < 0x80);
}
