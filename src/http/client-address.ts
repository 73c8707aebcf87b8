import type { IncomingMessage } from 'node:http';
import { type BlockList, isIP } from 'node:net';
import type { Context } from 'hono';
import { plainAddress } from '../network/networks.ts';
import { serverEnv } from './server-env.ts';

/** The address that the request comes from; nothing over the local socket. */
export function clientAddress(c: Context): string {
  return serverEnv(c).clientAddress ?? '';
}

/** Whether the connection is that of a proxy whose word about its client is believed. */
export function isTrusted(address: string, proxies: BlockList): boolean {
  const family = isIP(address);
  return family !== 0 && proxies.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Where a request comes from: the other end of the connection; where that is a trusted proxy, the client it names in
 * `Forwarded` (RFC 7239) or `X-Forwarded-For`. Each proxy appends what it saw, so they are read from the right, up to
 * the first that is no trusted proxy: what stands before it is hearsay.
 */
export function addressOf(request: IncomingMessage, proxies: BlockList): string {
  let address = plainAddress(request.socket.remoteAddress ?? '');
  const named = forwardedFor(request);
  while (isTrusted(address, proxies)) {
    const before = named.pop();
    // A proxy that hides its client (RFC 7239 6.3) is all that is known.
    if (before === undefined || isIP(before) === 0) break;
    address = before;
  }
  return address;
}

/** The clients named, the nearest last. */
function forwardedFor({ headers }: IncomingMessage): string[] {
  if (headers.forwarded !== undefined)
    return headers.forwarded.split(',').map((element) => {
      const pair = element.split(';').find((one) => /^\s*for\s*=/i.test(one)) ?? '';
      return bareAddress(pair.slice(pair.indexOf('=') + 1));
    });
  return [headers['x-forwarded-for'] ?? []].flat().join(',').split(',').map(bareAddress);
}

/** `"[2001:db8::1]:4711"`, `192.0.2.1:80` or the address alone. */
function bareAddress(node: string): string {
  const text = node.trim().replace(/^"(.*)"$/, '$1');
  const [, bracketed, withPort] = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text) ?? [];
  return plainAddress(bracketed ?? withPort ?? text);
}
