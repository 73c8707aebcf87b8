import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSync } from '@swc/core';
import { everyNode, parsedFiles, type SyntaxNode } from './parsed.ts';

/** Modules that open connections, and what of them opens none. */
const harmless: Record<string, string[]> = {
  'node:net': ['isIP', 'isIPv4', 'isIPv6', 'BlockList'],
  'node:tls': ['createSecureContext', 'getCACertificates'],
  'node:http': ['STATUS_CODES'],
  'node:https': [],
  'node:http2': [],
  'node:dgram': [],
  undici: [],
};

/** Files that have the means to open a connection, and what they do with it. */
const reasons: Record<string, string> = {
  'src/network/socket.ts': 'opens them, for connect.ts, which knows the proxy',
  'src/network/connect-tunnel.ts': 'speaks HTTP to the proxy, over a socket from there',
  'src/network/http-client.ts': 'gives Node’s agent sockets from there',
  'src/app.ts': 'says which authorities this process trusts',
  'src/cli/transport.ts': 'goes to the server of this machine, by its Unix socket',
  'src/api/local-socket.ts': 'listens at that',
  'src/http/server.ts': 'listens',
  'src/http/metrics.ts': 'listens',
};

type Named = { value?: string } | null | undefined;

/** What a file has that may open a connection: names that it imports, and globals that it calls. */
function meansOf(module: SyntaxNode): string[] {
  return [...everyNode(module)].flatMap((node) => [...imported(node), ...called(node)]);
}

function imported({ type, typeOnly, source, specifiers }: SyntaxNode): string[] {
  const from = (source as Named)?.value ?? '';
  if (type !== 'ImportDeclaration' || typeOnly) return [];
  const known = harmless[from] ?? harmless[`node:${from}`];
  if (!known) return [];
  return (specifiers as SyntaxNode[])
    .filter(({ isTypeOnly }) => !isTypeOnly)
    .map((one) => (one.imported as Named)?.value ?? (one.local as Named)?.value ?? '')
    .filter((name) => !known.includes(name))
    .map((name) => `${name} of ${from}`);
}

const globals = /^(fetch|WebSocket|EventSource|XMLHttpRequest)$/;

function called({ type, callee }: SyntaxNode): string[] {
  if (type !== 'CallExpression' && type !== 'NewExpression') return [];
  const { type: kind, value, object, property } = callee as SyntaxNode;
  if (kind === 'Import') return [];
  const isGlobal = (object as Named)?.value === 'globalThis';
  const name = isGlobal ? (property as Named)?.value : value;
  return typeof name === 'string' && globals.test(name) ? [name] : [];
}

test('connections to other machines are opened at one place, which knows the proxy', () => {
  const found = parsedFiles('src/**/*.ts').filter(({ module }) => meansOf(module).length > 0);
  assert.deepEqual(
    found.map(({ file }) => file),
    Object.keys(reasons).toSorted(),
  );
});

test('that place is reached by the way that knows the proxy only', () => {
  const users = parsedFiles('src/**/*.ts').filter(({ module }) =>
    [...everyNode(module)].some(
      ({ type, specifiers }) =>
        type === 'ImportDeclaration' &&
        (specifiers as SyntaxNode[]).some(({ local }) => (local as Named)?.value === 'openTcp'),
    ),
  );
  assert.deepEqual(
    users.map(({ file }) => file),
    ['src/network/connect-tunnel.ts', 'src/network/connect.ts'],
  );
});

/** Libraries that would connect by themselves, and the option by which they are given what is open. */
const given: Record<string, string> = { ImapFlow: 'transport', SMTPConnection: 'connection' };

test('the mail libraries are given connections, and open none', () => {
  const made = parsedFiles('src/**/*.ts').flatMap(({ file, module }) =>
    [...everyNode(module)]
      .filter(({ type, callee }) => type === 'NewExpression' && ((callee as Named)?.value ?? '') in given)
      .map(({ callee, arguments: parameters }) => ({
        file,
        name: (callee as Named)?.value ?? '',
        parameters,
      })),
  );
  assert.deepEqual(made.map(({ name }) => name).toSorted(), Object.keys(given));
  for (const { file, name, parameters } of made) {
    const options = (parameters as { expression: SyntaxNode }[])[0]?.expression.properties as SyntaxNode[];
    const names = options.map(({ key }) => (key as Named)?.value);
    assert.ok(names.includes(given[name]), `${file}: ${name} without ${given[name]}`);
  }
});

test('the search is not blind to any way of connecting', () => {
  const meansIn = (source: string) =>
    meansOf(parseSync(source, { syntax: 'typescript', target: 'es2024' }) as unknown as SyntaxNode);
  for (const source of [
    "import { connect } from 'node:net';",
    "import { isIP, Socket as Any } from 'net';",
    "import tls from 'node:tls';",
    "import * as https from 'node:https';",
    "import { get } from 'https';",
    "import { request } from 'undici';",
    'await fetch(url);',
    'const { body } = await globalThis.fetch(url);',
    'new WebSocket(url);',
  ])
    assert.notDeepEqual(meansIn(source), [], source);
  for (const source of [
    "import { isIP, type Socket } from 'node:net';",
    "import type { TLSSocket } from 'node:tls';",
    'await app.fetch(request);',
    'source.fetch(position);',
  ])
    assert.deepEqual(meansIn(source), [], source);
});
