import { decodeBytes } from './charset.ts';
import { decodeWords } from './words.ts';

/** A piece of a parameter (RFC 2231 3): `name*0*=...`. */
interface Section {
  encoded: boolean;
  content: string;
}

const sectionName = /^\*(?:(\d{1,6})(\*?))?$/;
/** Charset and language in the first section (RFC 2231 4), of which the language may be forgotten with its quote. */
const extended = /^(?:([^']*)'[^']*'|(utf-?8|us-ascii|iso-8859-\d+|windows-\d+)')(.*)$/is;

/** Collects the sections of parameters, whose names are given with their asterisk, and joins them. */
export function createContinuations() {
  const parameters = new Map<string, Map<number, Section>>();
  return {
    /** Takes a section; of two with one number the first counts. */
    add(name: string, content: string): void {
      const star = name.indexOf('*');
      const match = sectionName.exec(name.slice(star));
      if (!match) return;
      const sections = parameters.get(name.slice(0, star)) ?? new Map<number, Section>();
      parameters.set(name.slice(0, star), sections);
      const number = Number(match[1] ?? 0);
      if (!sections.has(number))
        sections.set(number, { encoded: match[1] === undefined || match[2] === '*', content });
    },

    /** The whole parameters. */
    *join(): Generator<[name: string, content: string]> {
      for (const [name, sections] of parameters) {
        const ordered = [...sections].sort(([a], [b]) => a - b).map(([, section]) => section);
        yield [name, joinSections(ordered)];
      }
    },
  };
}

/**
 * Joins sections that are in order; runs of encoded ones are decoded together, as a character may be cut between
 * two. Only encoded sections are percent-encoded (RFC 2231 4.1). Some write encoded words into them, cut anywhere.
 */
function joinSections(sections: readonly Section[]): string {
  const first = sections[0] as Section;
  const [, named, alone, rest = first.content] = (first.encoded && extended.exec(first.content)) || [];
  const charset = named || alone || null;
  let joined = '';
  let bytes: Buffer[] = [];
  for (const section of sections) {
    const content = section === first ? rest : section.content;
    if (section.encoded) {
      bytes.push(percentDecode(content));
    } else {
      joined += decodeBytes(Buffer.concat(bytes), charset).text + content;
      bytes = [];
    }
  }
  return decodeWords(joined + decodeBytes(Buffer.concat(bytes), charset).text);
}

function percentDecode(content: string): Buffer {
  const bytes = Buffer.from(content, 'utf8').toString('latin1');
  return Buffer.from(
    bytes.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}
