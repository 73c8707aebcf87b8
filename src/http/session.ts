import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

const cookieName = 'letterbox';
const deviceCookieName = 'letterbox-device';
/** What browsers keep a cookie at most (RFC 6265bis 5.6.2). */
const deviceSeconds = 400 * 24 * 60 * 60;

/** Given to handlers behind {@link requireSession}: the cookie's value, known to be a session in force. */
export interface SessionEnv {
  Variables: { session: string };
}

/**
 * The session cookie's value. Its full name is `__Host-letterbox` (RFC 6265bis 4.1.3.2): sent only to this
 * host, only over HTTPS, never set by a sibling.
 */
export function readSession(c: Context): string | undefined {
  return getCookie(c, cookieName, 'host');
}

/**
 * Gives the browser its session until it closes. `SameSite=Lax`, not `Strict`, because the authority sends
 * the browser back to `/oauth/callback` from another site.
 */
export function writeSession(c: Context, session: string): void {
  setCookie(c, cookieName, session, {
    prefix: 'host',
    path: '/',
    secure: true,
    httpOnly: true,
    sameSite: 'Lax',
  });
}

export function clearSession(c: Context): void {
  deleteCookie(c, cookieName, { prefix: 'host', path: '/', secure: true });
}

/** The cookie by which a browser is known that has signed in before; it opens nothing. */
export function readDevice(c: Context): string | undefined {
  return getCookie(c, deviceCookieName, 'host');
}

export function writeDevice(c: Context, device: string): void {
  setCookie(c, deviceCookieName, device, {
    prefix: 'host',
    path: '/',
    secure: true,
    httpOnly: true,
    sameSite: 'Strict',
    maxAge: deviceSeconds,
  });
}

/** Lets only requests with a session in force pass; `refuse` answers the others. */
export function requireSession(
  verify: (session: string) => Promise<boolean>,
  refuse: (c: Context) => Response | Promise<Response>,
): MiddlewareHandler<SessionEnv> {
  return async (c, next) => {
    const session = readSession(c);
    if (session === undefined || !(await verify(session))) return refuse(c);
    c.set('session', session);
    return next();
  };
}
