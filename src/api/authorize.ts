import type { Context } from 'hono';
import { isSameOrigin } from '../http/csrf.ts';
import { readSession } from '../http/session.ts';

/** Whether a request may use the API. */
export type Authorize = (c: Context) => Promise<boolean>;

/**
 * For HTTPS: a session in force, and no request that another site made the browser send. What changes
 * something must come from a page of ours.
 */
export function bySession(verify: (session: string) => Promise<boolean>): Authorize {
  return async (c) => {
    const session = readSession(c);
    if (session === undefined) return false;
    const reads = c.req.method === 'GET' || c.req.method === 'HEAD';
    return (reads ? isOwnNavigation(c) : isSameOrigin(c)) && verify(session);
  };
}

/** For the local socket and the own process, where the file system decided who may come. */
export const byFileSystem: Authorize = async () => true;

/** From a page of ours or the person's own address line, by Fetch Metadata; older browsers do not say. */
function isOwnNavigation(c: Context): boolean {
  return [undefined, 'none', 'same-origin'].includes(c.req.header('sec-fetch-site'));
}
