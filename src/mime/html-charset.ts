/** Where html names its charset, it does so in its first kilobyte (HTML 13.2.3.2); mailers put more before it. */
const mostBytes = 4_096;

/** The charset that html names in `<meta charset>`, `http-equiv` or an XML declaration; null where it names none. */
export function charsetOfHtml(bytes: Buffer): string | null {
  const beginning = bytes.toString('latin1', 0, mostBytes);
  const meta = /<meta\b[^>]{0,500}?\bcharset\s{0,20}=\s{0,20}["']?\s{0,20}([^\s"'<>;/]{1,50})/i.exec(
    beginning,
  );
  const declared =
    meta ?? /^\s*<\?xml\b[^>]{0,200}?\bencoding\s{0,20}=\s{0,20}["']([^"'<>]{1,50})/i.exec(beginning);
  // Whoever wrote the html may have held UTF-16 in memory; what could be read so far is not that.
  return declared?.[1] === undefined || /^utf-?(?:16|32)/i.test(declared[1]) ? null : declared[1];
}
