import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';

export interface CorpusMail {
  /** Path within `test/corpus`. */
  name: string;
  bytes: Buffer;
}

const folder = join(import.meta.dirname, '../corpus');
const mails = new Set(['.eml', '.msg', '.txt']);

/** All mails of `test/corpus`, by name. */
export function readCorpus(): CorpusMail[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && mails.has(extname(entry.name)) && entry.parentPath !== folder)
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}

export interface ExpectedAddress {
  name: string | null;
  address: string | null;
}

/** What stalwartlabs/mail-parser reads in a mail, as far as we look at it. */
export interface Expectation {
  text_body: number[];
  html_body: number[];
  attachments: number[];
  parts: {
    headers: {
      name: unknown;
      value?: {
        Text?: string;
        Address?: { List?: ExpectedAddress[]; Group?: { addresses: ExpectedAddress[] }[] };
        ContentType?: { attributes?: { name: string; value: string }[] | null };
      };
    }[];
    body: { Text?: string; Html?: string };
  }[];
}

/** The expectation beside a mail of that project; null for mails of others. */
export function readExpectation(name: string): Expectation | null {
  if (!name.startsWith('stalwart/')) return null;
  return JSON.parse(readFileSync(join(folder, name.replace(/\.eml$/, '.json')), 'utf8'));
}
