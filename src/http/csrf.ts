import type { Context, MiddlewareHandler } from 'hono';
import { Problem } from '../model/problem.ts';
import { areEqual } from '../vault/digest.ts';
import type { Vault } from '../vault/vault.ts';
import { readFields } from './form-body.ts';
import type { SessionEnv } from './session.ts';

/** Name of the hidden field that carries the token. */
export const csrfField = 'csrf';

/** Guards forms against requests that another site made the browser send. */
export interface Csrf {
  /** The token that every form of this session carries; it needs no storage. */
  token(session: string): string;
  /** Passes a form only from our own pages and with its session's token; goes after `requireSession`. */
  protect: MiddlewareHandler<SessionEnv>;
}

export function createCsrf(vault: Pick<Vault, 'mac'>): Csrf {
  const token = (session: string) => vault.mac('csrf', session);
  return {
    token,
    protect: async (c, next) => {
      if (isSafe(c.req.method)) return next();
      if (!isSameOrigin(c)) throw forged();
      const given = (await readFields(c)).get(csrfField);
      if (given === null || !areEqual(given, token(c.get('session')))) throw forged();
      return next();
    },
  };
}

/** For the forms before there is a session (sign-in, set-up): passes them only from our own pages. */
export const protectByOrigin: MiddlewareHandler = async (c, next) => {
  if (!isSafe(c.req.method) && !isSameOrigin(c)) throw forged();
  return next();
};

/**
 * Whether the request was caused by a page of ours, by Fetch Metadata (`Sec-Fetch-Site`) or, in browsers
 * without it, by `Origin` (RFC 6454). A request with neither is not from a browser's form of ours.
 */
export function isSameOrigin(c: Context): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  return c.req.header('origin') === new URL(c.req.url).origin;
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

function forged(): Problem {
  return new Problem({
    code: 'request.forged',
    kind: 'forbidden',
    title: 'This form was not sent from a page of this session',
    cause: 'The page was open since before you signed in, or another site sent the form.',
    remedy: 'Go back, reload the page and send the form again. Nothing was changed.',
  });
}
