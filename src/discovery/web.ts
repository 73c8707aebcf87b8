import { z } from 'zod';
import { Problem } from '../model/problem.ts';
import { type AddressGuard, createAddressGuard } from '../network/address-guard.ts';
import { assertAllowed } from '../network/allowed-hosts.ts';
import { explainNetwork } from '../network/explain.ts';
import { createHttpClient, type HttpResponse } from '../network/http-client.ts';
import { readText } from '../network/https.ts';
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
  port,
  allowPrivateAddresses,
  longestMs,
  signal,
}: {
  dns: Pick<Dns, 'addresses'>;
  /** That of HTTPS, 443 everywhere but in a laboratory. */
  port: number;
  allowPrivateAddresses: string[];
  longestMs: number;
  signal: AbortSignal;
}): Web {
  const guard = createAddressGuard(allowPrivateAddresses, privateAddress, dns.addresses);
  const options = { connections: 1, silenceMs, longestMs, lookup: guard.lookup };

  return {
    async get(url) {
      let at = new URL(url);
      at.port = String(port);
      for (let redirects = 0; ; redirects++) {
        assertUsual(at, port, guard);
        const client = createHttpClient(at, options);
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
export function whyNot(error: unknown, host: string): string | null {
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
  const cause = explainNetwork(error, peer)?.cause;
  return cause === undefined ? quote(message || 'it failed') : lowered(cause);
}

/** As it goes on after a colon. */
function lowered(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
}
