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
];

/** The console's files, read at start. */
const assets = {
  'console.css': asset('text/css; charset=utf-8', styleSheets.map((name) => read(`${name}.css`)).join('\n')),
  'console.js': asset('text/javascript; charset=utf-8', read('console.js')),
  'icon.svg': asset('image/svg+xml', read('icon.svg')),
};

/** The address of a file, which changes with its content, so that browsers may keep it. */
export function assetUrl(name: keyof typeof assets): string {
  return `/assets/${name}?v=${assets[name].hash}`;
}

export function assetRoutes(): Hono {
  const routes = new Hono();
  for (const [name, { type, content, hash }] of Object.entries(assets))
    routes.get(`/assets/${name}`, (c) => {
      const etag = `"${hash}"`;
      c.header('etag', etag);
      c.header('cache-control', 'public, max-age=31536000, immutable');
      if (c.req.header('if-none-match') === etag) return c.body(null, 304);
      return c.body(content, 200, { 'content-type': type });
    });
  return routes;
}

function asset(type: string, content: string) {
  return { type, content, hash: createHash('sha256').update(content).digest('hex').slice(0, 16) };
}
