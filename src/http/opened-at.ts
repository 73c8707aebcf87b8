import type { Context } from 'hono';

/** Where a browser has this server open. */
export interface OpenedAt {
  /** `https://mail.contoso.com:8443` */
  origin: string;
  /** A page of ours says so. Else it is the request's Host, which a reverse proxy may have changed. */
  isCertain: boolean;
}

/** By `Referer` where a page of ours led here, as `Sec-Fetch-Site` tells (Fetch Metadata); else by `Host` (RFC 9110 7.2). */
export function openedAt(c: Context): OpenedAt {
  const from =
    c.req.header('sec-fetch-site') === 'same-origin' ? URL.parse(c.req.header('referer') ?? '') : null;
  if (from?.protocol === 'https:') return { origin: from.origin, isCertain: true };
  const { host } = new URL(c.req.url);
  return { origin: new URL(`https://${host}`).origin, isCertain: false };
}
