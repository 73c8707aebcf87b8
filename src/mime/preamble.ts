import type { Body } from './bodies.ts';
import type { DefectCode, Report } from './defects.ts';
import { createAccumulator } from './pieces.ts';

/** So much of a preamble tells whether it is only the usual note. */
const longestNote = 1_000;

/**
 * What stands in a multipart before its first boundary. If none comes it is read by the body that `createBody` makes,
 * whose defects count only then. What parts follow is left out, as it is for readers that know no MIME
 * (RFC 2046 5.1.1); more than a note of that is flagged.
 */
export function createPreamble(createBody: (report: Report) => Body, report: Report): Body {
  const found: DefectCode[] = [];
  const body = createBody((code) => found.push(code));
  const beginning = createAccumulator();
  let long = false;
  return {
    write(bytes) {
      const room = longestNote - beginning.length();
      beginning.add(bytes.subarray(0, room));
      long ||= bytes.length > room && /\S/.test(bytes.toString('latin1', room, room + 4 * longestNote));
      body.write(bytes);
    },
    divide() {
      if (long || !isNote(beginning.bytes().toString('latin1'))) report('preamble-not-empty');
    },
    end() {
      report('boundary-not-found');
      found.forEach(report);
      body.end();
    },
  };
}

/** Nothing, or one paragraph that tells of MIME. */
function isNote(text: string): boolean {
  const paragraphs = text
    .trim()
    .split(/\n[ \t\r]*\n/)
    .filter((paragraph) => paragraph.trim() !== '');
  return paragraphs.length === 0 || (paragraphs.length === 1 && /\bMIME\b/i.test(paragraphs[0] as string));
}
