// biome-ignore-all lint/suspicious/noControlCharactersInRegex: the escapes and shifts of ISO 2022 are control characters
import iconv from 'iconv-lite';

/**
 * The seven-bit charsets of East Asia, whose escapes are unmistakable. Only that of Japan has a decoder in Node; those
 * of Korea (RFC 1557) and China (RFC 1922, RFC 1843) are EUC-KR and GB 2312 without the eighth bit.
 */
const japanese = new TextDecoder('iso-2022-jp');

/** What text of ASCII bytes is that has escapes of ISO 2022; null when it has none that are known. */
export function decodeEscapes(bytes: Buffer): string | null {
  const text = bytes.toString('latin1');
  if (/\x1b\$\)C/.test(text)) return decodeKorean(bytes);
  if (/\x1b\$[)*][AGH]/.test(text)) return decodeChinese(bytes);
  return /\x1b(?:\$[@B]|\$\([@BD]|\([IJ])/.test(text) ? japanese.decode(bytes) : null;
}

/** Escapes and shifts, characters of a second set behind a single shift, and what stands between. */
const tokens = /\x1b\$[()*+]?[@-Z]|\x1bN[\s\S]{2}|[\x0e\x0f\n]|[^\x0e\x0f\x1b\n]+|\x1b/g;

/** ISO-2022-KR: between shift out and shift in each two bytes are a character. */
export function decodeKorean(bytes: Buffer): string {
  return decodeShifted(bytes, () => 'cp949');
}

/** ISO-2022-CN. Of CNS 11643 no mapping is at hand: its characters become U+FFFD. */
export function decodeChinese(bytes: Buffer): string {
  return decodeShifted(bytes, (set) => (set === 'A' || set === 'E' ? 'gbk' : null));
}

function decodeShifted(bytes: Buffer, charsetOf: (set: string) => string | null): string {
  let decoded = '';
  let set = 'A';
  let shifted = false;
  for (const [token] of bytes.toString('latin1').matchAll(tokens)) {
    if (token.startsWith('\x1b$)')) set = token.slice(3);
    else if (token.startsWith('\x1bN')) decoded += '\ufffd';
    else if (token === '\x0e' || token === '\x0f') shifted = token === '\x0e';
    else if (token === '\n') {
      // Every line begins in ASCII.
      shifted = false;
      decoded += '\n';
    } else if (!token.startsWith('\x1b')) decoded += shifted ? decodePairs(token, charsetOf(set)) : token;
  }
  return decoded;
}

/** Seven-bit pairs; spaces and control characters between them are themselves. */
function decodePairs(pairs: string, charset: string | null): string {
  return pairs.replace(/[!-~\x80-\xff]+/g, (run) =>
    charset === null
      ? '\ufffd'.repeat(Math.ceil(run.length / 2))
      : iconv.decode(Buffer.from(run, 'latin1').map((byte) => byte | 0x80) as Buffer, charset),
  );
}

/** HZ: GB 2312 stands between `~{` and `~}`, `~~` is a tilde, and a tilde at a line end joins the lines. */
export function decodeHz(bytes: Buffer): string {
  let chinese = false;
  return bytes.toString('latin1').replace(/~\{|~\}|~~|~\r?\n|\n|[^~\n]+|~/g, (token) => {
    if (token === '~{' || token === '~}') chinese = token === '~{';
    else if (token === '\n') chinese = false;
    else if (token === '~~' || token === '~') return '~';
    else if (!token.startsWith('~')) return chinese ? decodePairs(token, 'gbk') : token;
    return token === '\n' ? token : '';
  });
}
