/** Text from elsewhere made fit for a field of a mail: one line, without control characters or directions of writing. */
export function oneLine(text: string, most = 900): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ').trim();
  // By characters, so that none is cut in two.
  return line.length > most ? `${[...line].slice(0, most - 1).join('')}…` : line;
}
