import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from '@swc/core';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A node of a syntax tree; some have no type of their own, but those that lie in them do. */
export interface SyntaxNode {
  type?: string;
  /** Bytes of the source, counted from 1. */
  span?: { start: number; end: number };
  [field: string]: unknown;
}

export interface ParsedFile {
  /** Path from the root. */
  file: string;
  module: SyntaxNode;
  /** How many lines a node begins and ends in. */
  linesOf(node: SyntaxNode): number;
}

/** The files that match a pattern, parsed. */
export function parsedFiles(pattern: string): ParsedFile[] {
  return globSync(pattern, { cwd: root })
    .toSorted()
    .map((file) => {
      const source = readFileSync(join(root, file));
      const module = parseSync(source.toString(), { syntax: 'typescript', target: 'es2024' });
      const linesOf = ({ span }: SyntaxNode) =>
        source.toString('latin1', (span?.start ?? 1) - 1, (span?.end ?? 1) - 1).split('\n').length;
      return { file, module: module as unknown as SyntaxNode, linesOf };
    });
}

/** The nodes that lie directly in a node. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  return Object.values(node)
    .flat()
    .filter((value): value is SyntaxNode => typeof value === 'object' && value !== null);
}

/** A node and all that lie in it. */
export function* everyNode(node: SyntaxNode): Generator<SyntaxNode, undefined> {
  yield node;
  for (const child of childrenOf(node)) yield* everyNode(child);
}
