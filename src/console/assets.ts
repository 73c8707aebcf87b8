import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Hono } from 'hono';

const folder = new URL('./assets/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');

/** One file to the browser, in this order: what comes later refines what came before. */
const styleSheets = [
  'tokens',
  'base',
  'layout',
  'button',
  'form',
  'found',
  'filter',
  'card',
  'status',
  'problem',
  'table',
  'overview',
  'start',
  'message',
  'checks',
  'access',
  'guide',
];

/** The console's own files. */
export interface Assets {
  /** The address of a file, which changes with its content, so that browsers may keep it. */
  url(name: 'console.css' | 'console.js' | 'icon.svg'): string;
  routes: Hono;
}

/** Reads the files; `rules` are style rules that follow from something else, and come last. */
export function createAssets(rules: string): Assets {
  const sheets = [...styleSheets.map((name) => read(`${name}.css`)), rules];
  const assets = {
    'console.css': asset('text/css; charset=utf-8', sheets.join('\n')),
    'console.js': asset('text/javascript; charset=utf-8', read('console.js')),
    'icon.svg': asset('image/svg+xml', read('icon.svg')),
  };
  const routes = new Hono();
  for (const [name, { type, content, hash }] of Object.entries(assets))
    routes.get(`/assets/${name}`, (c) => {
      const etag = `"${hash}"`;
      c.header('etag', etag);
      c.header('cache-control', 'public, max-age=31536000, immutable');
      if (c.req.header('if-none-match') === etag) return c.body(null, 304);
      return c.body(content, 200, { 'content-type': type });
    });
  return { url: (name) => `/assets/${name}?v=${assets[name].hash}`, routes };
}

function asset(type: string, content: string) {
  return { type, content, hash: createHash('sha256').update(content).digest('hex').slice(0, 16) };
}
