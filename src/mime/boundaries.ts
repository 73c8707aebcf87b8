/** A multipart whose end has not been seen. */
export interface OpenMultipart {
  /** Its `boundary` parameter, one character a byte. */
  boundary: string;
  type: string;
  /** Part number as in IMAP; empty for the message itself. */
  number: string;
  parts: number;
}

export interface Delimiter {
  /** Which of the open multiparts it belongs to. */
  index: number;
  /** Whether it ends that multipart. */
  closes: boolean;
}

/** The longest boundary that is looked for; RFC 2046 5.1.1 allows 70 characters. */
export const longestBoundary = 1_000;

/** So many bytes of a line decide whether it is a delimiter. */
export const longestDelimiterLine = longestBoundary + 100;

const trailingSpace = /[ \t\r]+$/;

/**
 * Which open multipart the line delimits; null when none (RFC 2046 5.1.1). The line comes without its
 * leading `--` and its line feed, cut at {@link longestDelimiterLine}.
 *
 * A line that is a boundary exactly goes before one that only begins with a boundary and a space, so that
 * multiparts whose boundaries begin alike are told apart; among equals the innermost wins.
 */
export function findDelimiter(line: string, open: readonly OpenMultipart[]): Delimiter | null {
  const exact = line.replace(trailingSpace, '');
  for (let index = open.length - 1; index >= 0; index--) {
    const { boundary } = open[index] as OpenMultipart;
    if (exact.startsWith(boundary)) {
      if (exact.length === boundary.length) return { index, closes: false };
      if (exact.length === boundary.length + 2 && exact.endsWith('--')) return { index, closes: true };
    }
  }
  for (let index = open.length - 1; index >= 0; index--) {
    const { boundary } = open[index] as OpenMultipart;
    if (!exact.startsWith(boundary)) continue;
    const rest = exact.slice(boundary.length);
    if (/^[ \t]*--(?:[ \t]|$)/.test(rest)) return { index, closes: true };
    if (/^[ \t]/.test(rest)) return { index, closes: false };
  }
  return null;
}
