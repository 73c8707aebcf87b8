import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { openTunnel } from './connect-tunnel.ts';
import { type OutgoingProxy, proxyTo } from './proxy.ts';
import { NameUnresolved, ProxyFailure } from './proxy-failure.ts';
import { isTooLate, openTcp, secure, tooLate, type Verification } from './socket.ts';

/**
 * Every connection to another machine is opened here: directly, or through the proxy that the configuration names. What
 * is thrown, `explainNetwork` tells: Node's error, a {@link ProxyFailure}, a {@link NameUnresolved}; or the signal's reason.
 */

export interface Target {
  /** A name or an address; also one in the brackets of a URL. */
  host: string;
  port: number;
}

export interface Opening {
  /** How long it may take in all; then Node's error is `CONNECT_TIMEOUT`, or `ERR_TLS_HANDSHAKE_TIMEOUT`. */
  connectMs: number;
  signal?: AbortSignal | undefined;
  /** Resolves the name here, and throws for what is not to be connected to: only its addresses are, also by a proxy. */
  lookup?: LookupFunction | undefined;
}

/** A connection without encryption. */
export function openSocket(target: Target, opening: Opening): Promise<Socket> {
  return inTime(opening, (stop) => open(target, opening.lookup, stop));
}

/** One with TLS from its first byte, the certificate verified by the host. */
export function openSecured(
  target: Target,
  verification: Verification,
  opening: Opening,
): Promise<TLSSocket> {
  return inTime(opening, async (stop) => {
    const socket = await open(target, opening.lookup, stop);
    return secure(socket, withoutBrackets(target.host), verification, stop);
  });
}

/** TLS from now on, over a connection that is open. */
export function secureSocket(
  socket: Socket,
  { host }: Pick<Target, 'host'>,
  verification: Verification,
  opening: Omit<Opening, 'lookup'>,
): Promise<TLSSocket> {
  return inTime(opening, (stop) => secure(socket, withoutBrackets(host), verification, stop));
}

async function inTime<T>(
  { connectMs, signal }: Opening,
  work: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(tooLate()), connectMs);
  try {
    return await work(signal ? AbortSignal.any([signal, ending.signal]) : ending.signal);
  } finally {
    clearTimeout(timer);
  }
}

async function open(target: Target, lookup: LookupFunction | undefined, stop: AbortSignal): Promise<Socket> {
  const host = withoutBrackets(target.host);
  const { port } = target;
  const proxy = proxyTo(host);
  if (!proxy) {
    // Node asks nobody about an address
    if (lookup && isIP(host) > 0) await addressesOf(host, lookup, stop);
    return openTcp({ host, port }, stop, lookup);
  }
  if (!lookup) return openTunnel(proxy, { host, port }, stop);
  return openToAddress(proxy, await addressesOf(host, lookup, stop), port, stop);
}

/** At most so many addresses of a name are tried. */
const mostTries = 3;

/** To the first address that can be had; some may need no proxy. Throws what came of the first that was tried. */
async function openToAddress(
  proxy: OutgoingProxy,
  addresses: string[],
  port: number,
  stop: AbortSignal,
): Promise<Socket> {
  let first: unknown;
  for (const host of addresses.slice(0, mostTries))
    try {
      return await (proxyTo(host) ? openTunnel(proxy, { host, port }, stop) : openTcp({ host, port }, stop));
    } catch (error) {
      first ??= error;
      if (stop.aborted || !concernsAddress(error)) break;
    }
  throw first;
}

/** Whether another address may do better: the proxy got nowhere. */
function concernsAddress(error: unknown): boolean {
  if (!(error instanceof ProxyFailure)) return true;
  const { hindrance } = error;
  return hindrance.reason === 'refused' && hindrance.status >= 500;
}

/** Those of IPv4 first: many a proxy knows no others. Throws a {@link NameUnresolved}, what `lookup` throws, or why `stop` aborted. */
async function addressesOf(host: string, lookup: LookupFunction, stop: AbortSignal): Promise<string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<LookupAddress[]>();
  const fail = (error: unknown) =>
    reject(isOfDns(error) || isTooLate(error) ? new NameUnresolved(host, { cause: error }) : error);
  const abort = () => fail(stop.reason);
  stop.addEventListener('abort', abort, { once: true });
  lookup(host, { all: true }, (error, found) => (error ? fail(error) : resolve(found as LookupAddress[])));
  try {
    const found = await promise;
    return found.toSorted((a, b) => a.family - b.family).map(({ address }) => address);
  } finally {
    stop.removeEventListener('abort', abort);
  }
}

function isOfDns(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).syscall === 'getaddrinfo';
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
