/**
 * Joins the lines of format=flowed text to paragraphs (RFC 3676 4): a line that ends in a space goes on in the
 * next one of the same quote depth. Space-stuffing is removed; quote marks stay, once for each paragraph. With
 * `deleteSpace` (DelSp=yes) the space at the line end was only put there to break the line.
 */
export function joinFlowedLines(text: string, deleteSpace: boolean): string {
  const paragraphs: string[] = [];
  // The paragraph that may go on: its quote marks, and its lines so far.
  let depth = 0;
  let lines: string[] = [];
  const close = () => {
    if (lines.length > 0) paragraphs.push(lines.join(''));
    lines = [];
  };
  for (const line of text.split('\n')) {
    let quotes = 0;
    while (line[quotes] === '>') quotes++;
    const stuffed = line[quotes] === ' ';
    const content = line.slice(stuffed ? quotes + 1 : quotes);
    // The signature separator is never joined (4.3).
    const signature = content === '-- ';
    if (quotes !== depth || signature) close();
    if (lines.length === 0 && quotes > 0) lines.push(stuffed ? `${'>'.repeat(quotes)} ` : '>'.repeat(quotes));
    depth = quotes;
    const flows = content.endsWith(' ') && !signature;
    lines.push(flows && deleteSpace ? content.slice(0, -1) : content);
    if (!flows) close();
  }
  close();
  return paragraphs.join('\n');
}
