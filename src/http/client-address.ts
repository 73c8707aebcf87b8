import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

/** The address that the connection comes from, without the prefix of IPv4 in IPv6 (RFC 4291 2.5.5.2). */
export function clientAddress(c: Context): string {
  return (getConnInfo(c).remote.address ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}
