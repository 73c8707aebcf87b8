import { decodeBytes } from './charset.ts';
import { decodeWords } from './words.ts';

/** A field like Content-Type (RFC 2045 5.1): a value and named parameters. */
export interface StructuredField {
  /** In lower case; empty when the field begins with a parameter. */
  value: string;
  /** By names in lower case, the first of each; decoded (RFC 2231, and RFC 2047 as it is seen). */
  parameters: ReadonlyMap<string, string>;
}

// A quoted string need not be closed; what stands behind a closed one is junk up to the semicolon.
const parameter = /[;\s="]*([^\s=;"]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"?[^;]*|([^;]*))|[^;=]*)/sy;

/** Reads a field's value and parameters; never fails, what makes no sense is skipped. */
export function parseStructuredField(field: string): StructuredField {
  const text = field.includes('(') ? stripComments(field) : field;
  const semicolon = text.indexOf(';');
  let value = (semicolon < 0 ? text : text.slice(0, semicolon)).trim();
  parameter.lastIndex = semicolon < 0 ? text.length : semicolon;
  const equals = value.startsWith('=?') ? -1 : value.indexOf('=');
  const space = value.search(/\s/);
  if (equals >= 0 && space >= 0 && space < equals) {
    // The semicolon is missing: `text/plain charset=utf-8`.
    parameter.lastIndex = text.indexOf(value) + space;
    value = value.slice(0, space);
  } else if (equals >= 0 && !value.slice(0, equals).includes('/')) {
    // The value is missing: `filename=a.txt`.
    parameter.lastIndex = 0;
    value = '';
  }

  const parameters = new Map<string, string>();
  const sections = new Map<string, Section[]>();
  while (parameter.lastIndex < text.length) {
    const match = parameter.exec(text);
    if (!match) break;
    const name = (match[1] as string).toLowerCase();
    const content = match[2]?.replace(/\\(.)/gs, '$1') ?? match[3]?.trim() ?? '';
    const star = name.indexOf('*');
    if (star > 0) addSection(sections, name, star, content);
    else if (!parameters.has(name))
      parameters.set(name, name === 'boundary' ? content : decodeWords(content));
  }
  for (const [name, list] of sections) parameters.set(name, joinSections(list));
  return { value: decodeWords(value).toLowerCase(), parameters };
}

/** A piece of a parameter (RFC 2231 3): `name*0*=...`. */
interface Section {
  number: number;
  encoded: boolean;
  content: string;
}

const sectionName = /^\*(?:(\d{1,6})(\*?))?$/;

function addSection(sections: Map<string, Section[]>, name: string, star: number, content: string): void {
  const match = sectionName.exec(name.slice(star));
  if (!match) return;
  const list = sections.get(name.slice(0, star)) ?? [];
  sections.set(name.slice(0, star), list);
  list.push({ number: Number(match[1] ?? 0), encoded: match[1] === undefined || match[2] === '*', content });
}

/**
 * Joins the sections in the order of their numbers; runs of encoded ones are decoded together, as a character
 * may be cut between two. Only encoded sections are percent-encoded (RFC 2231 4.1).
 */
function joinSections(sections: Section[]): string {
  sections.sort((a, b) => a.number - b.number);
  const first = sections[0] as Section;
  const extended = first.encoded ? /^([^']*)'[^']*'(.*)$/s.exec(first.content) : null;
  const charset = extended?.[1] || null;
  if (extended) first.content = extended[2] as string;
  let joined = '';
  let bytes: Buffer[] = [];
  for (const { encoded, content } of sections) {
    if (encoded) {
      bytes.push(percentDecode(content));
    } else {
      joined += decodeBytes(Buffer.concat(bytes), charset).text + content;
      bytes = [];
    }
  }
  joined += decodeBytes(Buffer.concat(bytes), charset).text;
  // Some write encoded words into plain sections, cut anywhere.
  return sections.some((section) => section.encoded) ? joined : decodeWords(joined);
}

function percentDecode(content: string): Buffer {
  const bytes = Buffer.from(content, 'utf8').toString('latin1');
  return Buffer.from(
    bytes.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

/**
 * Leaves comments out (RFC 822 3.4.3). In a parameter's value a parenthesis opens one only behind white space:
 * `name=Invoice(1).pdf` names a file. One that is never closed is text.
 */
function stripComments(text: string): string {
  let kept = '';
  let depth = 0;
  let opened = 0;
  let quoted = false;
  let inValue = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '\\' && (quoted || depth > 0)) {
      if (depth === 0) kept += text.slice(at, at + 2);
      at++;
      continue;
    }
    if (depth === 0 && character === '"') quoted = !quoted;
    if (quoted) {
      kept += character;
      continue;
    }
    if (depth === 0 && character === '=') inValue = true;
    if (depth === 0 && character === ';') inValue = false;
    if (character === '(' && (depth > 0 || !inValue || /[\s=]/.test(text[at - 1] ?? ' '))) {
      if (depth++ === 0) opened = at;
    } else if (depth > 0) {
      if (character === ')') depth--;
    } else {
      kept += character;
    }
  }
  return depth > 0 ? kept + text.slice(opened) : kept;
}
