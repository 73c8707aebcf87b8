import { Hono } from 'hono';

/** No question is longer. */
const mostCharacters = 64;

/** By its answer a server finds out whether a URL leads to itself; it says nothing to anybody else. */
export function createOwnAddress(path: string, answer: (nonce: string) => string): Hono {
  return new Hono().get(path, (c) => {
    const nonce = c.req.query('nonce') ?? '';
    if (nonce === '' || nonce.length > mostCharacters) return c.text('a nonce is wanted\n', 400);
    return c.text(`${answer(nonce)}\n`);
  });
}
