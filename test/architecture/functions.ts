import { childrenOf, type ParsedFile, type SyntaxNode } from './parsed.ts';

export interface LongFunction {
  /** File and name, such as `src/app.ts openLetterbox`. */
  name: string;
  lines: number;
}

const functions = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'MethodProperty',
  'GetterProperty',
  'SetterProperty',
  'ClassMethod',
  'PrivateMethod',
  'Constructor',
]);

/** The functions of a file above a length; one that lies in another counts with that one, and so is not named itself. */
export function functionsAbove(most: number, { file, module, linesOf }: ParsedFile): LongFunction[] {
  return outermost(module, '').flatMap(({ node, name }) => {
    const lines = linesOf(node);
    return lines > most ? [{ name: `${file} ${name}`, lines }] : [];
  });
}

function outermost(node: SyntaxNode, around: string): { node: SyntaxNode; name: string }[] {
  const name = nameOf(node) ?? around;
  if (functions.has(node.type ?? '')) return [{ node, name }];
  return childrenOf(node).flatMap((child) => outermost(child, name));
}

/** What a node is called: a function, a method, or the variable or field that one is the value of. */
function nameOf({ identifier, id, key }: SyntaxNode): string | undefined {
  return [identifier, id, key]
    .map((named) => (named as { value?: unknown } | null | undefined)?.value)
    .find((value) => typeof value === 'string');
}
