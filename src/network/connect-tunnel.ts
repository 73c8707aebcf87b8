import { type IncomingMessage, request } from 'node:http';
import { isIPv6, type Socket } from 'node:net';
import type { OutgoingProxy } from './proxy.ts';
import { type Hindrance, ProxyFailure } from './proxy-failure.ts';
import { withoutSecrets } from './redaction.ts';
import { isTooLate, openTcp, secure } from './socket.ts';
import { userAgent } from './user-agent.ts';

/** An answer to CONNECT has a line or two of headers, and a page for people at most. */
const headerBytes = 16 * 1024;

/**
 * A connection through an HTTP proxy, by CONNECT (RFC 9110 9.3.6), with Basic authentication (RFC 7617). The proxy
 * resolves the name, if the host is one. Throws a {@link ProxyFailure}, also when it takes too long; or why else `stop` aborted.
 */
export async function openTunnel(
  proxy: OutgoingProxy,
  { host, port }: { host: string; port: number },
  stop: AbortSignal,
): Promise<Socket> {
  const target = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const failed = (hindrance: Hindrance) => new ProxyFailure(proxy, target, hindrance);
  const step = async <T>(work: Promise<T>, hindranceOf: (error: unknown) => Hindrance): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (stop.aborted && !isTooLate(stop.reason)) throw stop.reason;
      throw failed(hindranceOf(error));
    }
  };
  const address = addressOf(proxy);
  const reached = await step(openTcp(address, stop), (cause) => ({ reason: 'unreachable', cause }));
  const socket =
    proxy.url.protocol === 'http:'
      ? reached
      : await step(secure(reached, address.host, { rejectUnauthorized: true }, stop), (cause) => ({
          reason: 'tls',
          cause,
        }));
  const answer = await step(ask(socket, proxy, target, stop), (error) =>
    isTooLate(error) ? { reason: 'silent' } : { reason: 'answer', why: whyUnreadable(error) },
  );
  const hindrance = hindranceIn(answer, proxy);
  if (hindrance) {
    socket.destroy();
    throw failed(hindrance);
  }
  return socket;
}

function addressOf({ url }: OutgoingProxy): { host: string; port: number } {
  const { hostname, port, protocol } = url;
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
  };
}

/** Resolves with the answer; what came behind it is put back, as it is the other side's. */
async function ask(
  socket: Socket,
  { signIn }: OutgoingProxy,
  target: string,
  stop: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const asking = request({
    method: 'CONNECT',
    path: target,
    headers: {
      host: target,
      connection: 'keep-alive',
      'user-agent': userAgent,
      ...(signIn && { 'proxy-authorization': `Basic ${credentialsOf(signIn)}` }),
    },
    createConnection: () => socket,
    maxHeaderSize: headerBytes,
  });
  asking.once('connect', (answer, _, behind) => {
    if (behind.length > 0) socket.unshift(behind);
    resolve(answer);
  });
  asking.on('error', reject);
  asking.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  const abort = () => reject(stop.reason);
  stop.addEventListener('abort', abort, { once: true });
  if (stop.aborted) abort();
  asking.end();
  try {
    return await promise;
  } catch (error) {
    asking.destroy();
    socket.destroy();
    throw error;
  } finally {
    stop.removeEventListener('abort', abort);
  }
}

function credentialsOf({ username, password }: NonNullable<OutgoingProxy['signIn']>): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

/** Null where the answer is a yes. */
function hindranceIn(answer: IncomingMessage, { signIn }: OutgoingProxy): Hindrance | null {
  const { statusCode: status = 0, statusMessage = '', headers } = answer;
  const secrets = signIn ? [signIn.password, credentialsOf(signIn)] : [];
  const header = (name: string) => [headers[name] ?? []].flat().join(', ');
  if (status >= 200 && status < 300)
    return isPage(header('content-type'), header('content-length'))
      ? { reason: 'answer', why: `a page (${header('content-type') || 'of no type'}) behind ${status}` }
      : null;
  // RFC 9209, and Squid's own
  const more = [header('proxy-status'), header('x-squid-error')].filter((text) => text !== '');
  const said = withoutSecrets([`${status} ${statusMessage}`.trim(), ...more].join('; '), secrets);
  // Tinyproxy says 401 to a wrong password
  if (status !== 407 && status !== 401) return { reason: 'refused', status, said };
  const schemes = header('proxy-authenticate').match(/(?<=^|,)\s*[A-Za-z][\w-]*(?=\s|,|$)/g) ?? [];
  return { reason: 'sign-in', schemes: [...new Set(schemes.map((scheme) => scheme.trim()))], said };
}

/**
 * A tunnel has no content (RFC 9110 9.3.6): who announces one is a web server, or the sign-in page of a network, and would
 * answer all that is to come.
 */
function isPage(type: string, length: string): boolean {
  return Number(length) > 0 || (/^text\/html\b/i.test(type) && length === '');
}

function whyUnreadable(error: unknown): string {
  const { code = '' } = error as { code?: string };
  if (code === 'HPE_HEADER_OVERFLOW') return 'a header of more than 16 KiB';
  if (code.startsWith('HPE_')) return `no HTTP (${code})`;
  return code === 'ECONNRESET' || code === 'EPIPE' ? 'it closed the connection without an answer' : code;
}
