/** An attachment's name without characters that would turn it around or break a line, such as U+202E in `gpj.exe`. */
export function cleanFileName(name: string): string {
  return name.toWellFormed().replace(/[\p{Cc}\p{Bidi_Control}]/gu, '');
}
