import { z } from 'zod';
import { Problem } from '../model/problem.ts';
import { type AddressGuard, createAddressGuard } from '../network/address-guard.ts';
import { assertAllowed } from '../network/allowed-hosts.ts';
import { explainNetwork } from '../network/explain.ts';
import { createHttpClient, type HttpResponse } from '../network/http-client.ts';
import { readText } from '../network/https.ts';
import { proxyTo } from '../network/proxy.ts';
import { NameUnresolved, ProxyFailure } from '../network/proxy-failure.ts';
import { tlsFailureOf } from '../network/tls-failures.ts';
import { userAgent } from '../network/user-agent.ts';
import { quote } from '../network/wording.ts';
import { XmlError } from '../network/xml.ts';
import type { Dns } from './dns.ts';

/** What a web server answered, after all redirects. */
export interface WebAnswer {
  status: number;
  text: string;
}

export interface Web {
  /** Throws what {@link whyNot} puts into words. */
  get(url: URL): Promise<WebAnswer>;
}

/** What came is not believed, whatever it says. */
class NotBelieved extends Error {
  override readonly name = 'NotBelieved';
}

/** Files that describe a provider have a few kB. */
const answerBytes = 256 * 1024;
const mostRedirects = 3;
const silenceMs = 5_000;

/**
 * Asks servers that a stranger's domain names: by HTTPS alone, at its usual port alone, at public addresses alone. A
 * redirect is followed a few times, each under the same rules. No cookies, no credentials.
 */
export function createWeb({
  dns,
  known,
  port,
  allowPrivateAddresses,
  longestMs,
  signal,
}: {
  dns: Pick<Dns, 'addresses'>;
  /** Hosts that no stranger named. */
  known: readonly string[];
  /** That of HTTPS, 443 everywhere but in a laboratory. */
  port: number;
  allowPrivateAddresses: string[];
  longestMs: number;
  signal: AbortSignal;
}): Web {
  const guard = createAddressGuard(allowPrivateAddresses, privateAddress, dns.addresses);
  const options = { connections: 1, connectMs: silenceMs, silenceMs, longestMs };
  const lookup = (host: string) => (isLeftToProxy(host, known) ? {} : { lookup: guard.lookup });

  return {
    async get(url) {
      let at = new URL(url);
      at.port = String(port);
      for (let redirects = 0; ; redirects++) {
        assertUsual(at, port, guard);
        const client = createHttpClient(at, { ...options, ...lookup(at.hostname) });
        try {
          const headers = { accept: '*/*', 'user-agent': userAgent };
          const target = at.pathname + at.search;
          const answer = await client.request({ method: 'GET', target, headers, signal });
          const next = redirectOf(answer, at);
          if (!next) return { status: answer.status, text: await readText(answer.body, answerBytes) };
          if (redirects === mostRedirects)
            throw new NotBelieved(`it leads on and on, at last to ${quote(next.host)}`);
          at = next;
        } finally {
          client.close();
        }
      }
    },
  };
}

/** Whether the outgoing proxy finds a host by its name. What strangers name is looked at here first, unless that is its part. */
function isLeftToProxy(host: string, known: readonly string[]): boolean {
  const proxy = proxyTo(host);
  return proxy !== null && (known.includes(host) || proxy.resolvesDestinations);
}

/** Throws where an address is not one that such files are at. */
function assertUsual(url: URL, port: number, guard: AddressGuard): void {
  if (url.protocol !== 'https:')
    throw new NotBelieved(`it leads to ${quote(url.origin)}, and only https is believed`);
  if (Number(url.port || 443) !== port || url.username || url.password)
    throw new NotBelieved(`it leads to ${quote(url.host)}, which is no usual place for it`);
  guard.assertHost(url.hostname);
  assertAllowed({ name: 'A web server', protocol: 'discovery', host: url.hostname, port, security: 'tls' });
}

function redirectOf({ status, headers }: HttpResponse, from: URL): URL | null {
  const { location } = headers;
  if (![301, 302, 303, 307, 308].includes(status) || typeof location !== 'string') return null;
  if (!URL.canParse(location, from.href)) throw new NotBelieved('it leads to an address that is none');
  return new URL(location, from);
}

function privateAddress(detail: string): Problem {
  return new Problem({
    code: 'discovery.private-address',
    kind: 'conflict',
    title: 'That is an address in a private network',
    detail,
    cause: 'Whoever owns a domain says where its names lead, so they must not lead into the network.',
    remedy: 'If it is meant, add its network to discovery.allowPrivateAddresses, such as 10.1.0.0/16.',
  });
}

/** Why there is no answer, in words; null where there is no such server at all. */
export function whyNot(thrown: unknown, host: string): string | null {
  const error = thrown instanceof NameUnresolved ? thrown.cause : thrown;
  if (error instanceof NotBelieved) return error.message;
  if (error instanceof SyntaxError || error instanceof z.ZodError) return 'what it answers is something else';
  if (error instanceof XmlError) return `what it answers is no such file: ${error.message}`;
  if (error instanceof Problem) return `${error.title} (${error.detail}). ${error.remedy}`.replace(/\.$/, '');
  const { code = '', name = '', message = '' } = error as { code?: string; name?: string; message?: string };
  if (code === 'ENOTFOUND' || code === 'ENODATA') return null;
  if (name === 'TimeoutError' || code === 'ECANCELLED') return 'no answer in time';
  const tls = tlsFailureOf(error);
  if (tls) return lowered(tls.cause);
  const peer = { name: host, protocol: 'discovery', host, port: 443, security: 'tls' } as const;
  const problem = explainNetwork(error, peer);
  if (!problem) return quote(message || 'it failed');
  // Of the proxy the title says that it is its trouble
  const words =
    error instanceof ProxyFailure ? [problem.title, problem.cause] : [problem.cause ?? problem.title];
  return words.flatMap((one) => (one === undefined ? [] : [lowered(one)])).join(': ');
}

/** As it goes on after a colon. */
function lowered(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
}
