import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type Document,
  type ErrorCode,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from 'yaml';
import { type FieldProblem, invalidInput, Problem } from '../model/problem.ts';
import { schemaAt } from './settings.ts';
import type { ConfigSource } from './source.ts';

const largestFileBytes = 1024 * 1024;

/** Reads a configuration file, given relative to `folder`. `askedBy` names what asked for it when it cannot be read. */
export function readYamlFile(folder: string, file: string, askedBy: string): ConfigSource {
  const refused = (expected: string, given: string) => invalidInput([{ field: askedBy, expected, given }]);
  const path = resolve(folder, file);
  let text: string;
  try {
    if (statSync(path).size > largestFileBytes) throw refused('a file of at most 1 MiB', file);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Problem) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw refused('a file that can be read', `${file} (${code})`);
  }
  return readYaml(text, file);
}

/** Settings in YAML 1.2 (JSON is YAML); `name` is what the file is called in messages. */
export function readYaml(text: string, name: string): ConfigSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const lineAt = (offset: number) => `${name}:${lines.linePos(offset).line}`;
  const where = (path: readonly PropertyKey[]) => lineAt(offsetOf(document, path));

  const repeated = document.errors.filter(({ code }) => code === 'DUPLICATE_KEY');
  const wrong = repeated.map(({ pos }) => ({
    field: keyAt(document, pos[0]),
    expected: 'each setting once',
    where: lineAt(pos[0]),
  }));
  const broken = [...document.errors, ...document.warnings].find(({ code }) => code !== 'DUPLICATE_KEY');
  const alias = firstAlias(document);
  if (broken) wrong.push(syntax(name, expectedSyntax[broken.code] ?? 'YAML', lineAt(broken.pos[0])));
  else if (alias)
    wrong.push(syntax(name, 'each value written out; *aliases are not read', lineAt(offset(alias))));
  return { values: broken || alias ? {} : withoutEmptySections(document.toJS()), where, wrong };
}

function syntax(file: string, expected: string, where: string): FieldProblem & { where: string } {
  return { field: file, expected, where };
}

/** In our own words, because the parser's messages quote the line, and with it perhaps a secret. */
const expectedSyntax: Partial<Record<ErrorCode, string>> = {
  BAD_DQ_ESCAPE: 'no \\ but in the escapes of YAML; in single quotes it stands for itself',
  BAD_INDENT: 'the same indentation for settings that stand together',
  BAD_SCALAR_START: 'quotes around a value that begins with @ or `',
  BLOCK_AS_IMPLICIT_KEY: 'quotes around a value that has a colon and a space in it',
  MISSING_CHAR: 'a quote or bracket that is closed',
  MULTIPLE_DOCS: 'one document, without a line of --- in between',
  NON_STRING_KEY: 'names of settings before the colons',
  TAB_AS_INDENT: 'spaces to indent, not tabs',
  TAG_RESOLVE_FAILED: 'quotes around a value that begins with !',
};

function firstAlias(document: Document): Node | null {
  let found: Node | null = null;
  visit(document, {
    Alias(_, alias) {
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

/** A section whose settings are all commented out says nothing. */
function withoutEmptySections(values: unknown, path: string[] = []): unknown {
  if (!schemaAt(path)?.properties) return values;
  if (values === null) return {};
  if (typeof values !== 'object' || Array.isArray(values)) return values;
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, withoutEmptySections(value, [...path, key])]),
  );
}

/** Where the key or list entry at a path begins; of what is not there, where what should hold it does. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let found = offset(node);
  for (const key of path) {
    const pair = isMap(node) ? node.items.find((item) => isScalar(item.key) && item.key.value === key) : null;
    const entry = isSeq(node) ? node.items[Number(key)] : pair?.key;
    if (entry === undefined) break;
    found = offset(entry);
    node = pair ? pair.value : entry;
  }
  return found;
}

function offset(node: unknown): number {
  return (isNode(node) && node.range?.[0]) || 0;
}

/** The dotted name of the key that begins at an offset. */
function keyAt(document: Document, position: number): string {
  let name = '';
  visit(document, {
    Pair(_, pair, ancestors) {
      if (offset(pair.key) !== position) return undefined;
      const keys = [...ancestors, pair].filter((each): each is Pair => 'key' in each);
      name = keys.map(({ key }) => (isScalar(key) ? String(key.value) : '')).join('.');
      return visit.BREAK;
    },
  });
  return name;
}
