import { parseSync } from '@swc/core';
import { everyNode, type SyntaxNode } from './parsed.ts';

/** One place where a Problem, or a row of a table that becomes one, is spelled. */
export interface Definition {
  /** Every code that it may get; of a template its text, with `{name}` for what is filled in. Empty for a row. */
  codes: string[];
  kinds: string[];
  /** Texts of the remedy that stand there as such. */
  remedies: string[];
}

export interface Walked {
  definitions: Definition[];
  /** Codes of problems that control flow spells: what is compared with a `code`. */
  spelled: string[];
}

type Node = SyntaxNode & { type: string };

/** How codes look, and beginnings and ends of them: `imap.bye`, `oauth.`, `.throttled`; not `ECONNRESET`. */
const codeLike = /^[a-z0-9-]*\.[a-z0-9.-]*$/i;
/** Codes without a dot. */
const plainCodes = ['internal', 'not-found', 'cancelled', 'usage'];
const looksLikeCode = (text: string) => codeLike.test(text) || plainCodes.includes(text);
const comparisons = ['===', '!==', '==', '!='];

/** Finds the definitions of problems in a TypeScript source, and the codes that it goes by. */
export function walk(source: string): Walked {
  const walked: Walked = { definitions: [], spelled: [] };
  const module = parseSync(source, { syntax: 'typescript' }) as unknown as SyntaxNode;
  for (const node of everyNode(module).filter(isTyped)) {
    if (node.type === 'ObjectExpression') walked.definitions.push(...definitionIn(node));
    walked.spelled.push(...spelledIn(node));
  }
  return walked;
}

function isTyped(node: SyntaxNode): node is Node {
  return node.type !== undefined;
}

function definitionIn(object: Node): Definition[] {
  const { code, kind, title, remedy } = propertiesOf(object);
  if (!kind || !(code || (title && remedy))) return [];
  return [
    { codes: code ? textsOf(code) : [], kinds: textsOf(kind), remedies: remedy ? textsOf(remedy) : [] },
  ];
}

function propertiesOf({ properties }: Node): Record<string, Node | undefined> {
  const named = (properties as Node[]).filter(({ type }) => type === 'KeyValueProperty');
  return Object.fromEntries(named.map(({ key, value }) => [String((key as Node).value), value as Node]));
}

/** The texts that an expression may be, as far as they stand there. */
function textsOf(expression: Node): string[] {
  switch (expression.type) {
    case 'StringLiteral':
      return [expression.value as string];
    case 'TemplateLiteral':
      return [templateText(expression)];
    case 'ConditionalExpression':
      return [...textsOf(expression.consequent as Node), ...textsOf(expression.alternate as Node)];
    case 'TsConstAssertion':
    case 'ParenthesisExpression':
      return textsOf(expression.expression as Node);
    default:
      return [];
  }
}

function templateText({ quasis, expressions }: Node): string {
  return (quasis as Node[])
    .map(({ raw }, at) => {
      const filled = (expressions as Node[])[at];
      return `${raw}${filled ? `{${nameOf(filled)}}` : ''}`;
    })
    .join('');
}

/** The last name of `a.b.name`, so that `peer.protocol` and `server.protocol` are the same. */
function nameOf(expression: Node): string {
  if (expression.type === 'MemberExpression') return String((expression.property as Node).value);
  return String(expression.value ?? expression.type);
}

function spelledIn(node: Node): string[] {
  if (node.type === 'BinaryExpression' && comparisons.includes(String(node.operator))) {
    const sides = [node.left as Node, node.right as Node];
    return sides.some(isCode) ? sides.flatMap(textsOf).filter(looksLikeCode) : [];
  }
  if (node.type === 'SwitchStatement' && isCode(node.discriminant as Node))
    return (node.cases as Node[])
      .flatMap(({ test }) => (test ? textsOf(test as Node) : []))
      .filter(looksLikeCode);
  if (node.type === 'MemberExpression' && (node.property as Node).type === 'Computed') {
    const index = (node.property as Node).expression as Node;
    return isMember(index) ? ['a table by code'] : [];
  }
  return node.type === 'CallExpression' ? spelledInCall(node) : [];
}

/** `code.startsWith('imap.')`, `pattern.test(problem.code)`, `list.includes(problem.code)`. */
function spelledInCall(call: Node): string[] {
  const callee = call.callee as Node;
  if (callee.type !== 'MemberExpression') return [];
  const method = String((callee.property as Node).value);
  const given = (call.arguments as { expression: Node }[]).map(({ expression }) => expression);
  if (
    /^(startsWith|endsWith|includes|indexOf|match|search|split|replace)$/.test(method) &&
    isCode(callee.object as Node)
  )
    return given.flatMap((one) =>
      one.type === 'RegExpLiteral' ? regexCodes(one) : textsOf(one).filter(looksLikeCode),
    );
  if (!/^(test|exec|includes|has|get|indexOf|hasOwn)$/.test(method)) return [];
  if (given.some(isMember)) return [`${method} of a code`];
  const target = callee.object as Node;
  return target.type === 'RegExpLiteral' && given.some(isCode) ? regexCodes(target) : [];
}

function regexCodes({ pattern }: Node): string[] {
  const text = String(pattern);
  return text.includes('\\.') ? [text] : [];
}

/** `code`, or somebody's: `problem.code`, `problem?.code`. */
function isCode(expression: Node): boolean {
  return (expression.type === 'Identifier' && expression.value === 'code') || isMember(expression);
}

function isMember(expression: Node): boolean {
  if (expression.type === 'OptionalChainingExpression') return isMember(expression.base as Node);
  return expression.type === 'MemberExpression' && (expression.property as Node).value === 'code';
}
