import { type Configuration, type CustomFetch, customFetch } from 'openid-client';
import { Problem } from '../model/problem.ts';

const timeoutSeconds = 30;
/** No answer of an authority is nearly as large. */
const answerBytes = 1024 * 1024;

/** `fetch` with a time limit and a bound on what is read. */
const boundedFetch: CustomFetch = async (url, options) => {
  const response = await fetch(url, {
    ...(options as RequestInit),
    signal: AbortSignal.timeout(timeoutSeconds * 1000),
    redirect: 'manual',
  });
  const body = response.body ? await readBounded(response.body) : null;
  return new Response(body, { status: response.status, headers: response.headers });
};

export function withNetwork(configuration: Configuration): Configuration {
  configuration[customFetch] = boundedFetch;
  configuration.timeout = timeoutSeconds;
  return configuration;
}

export const network = { [customFetch]: boundedFetch, timeout: timeoutSeconds };

/** A JSON document over HTTPS. Throws `oauth.unreachable` or `oauth.metadata`. */
export async function fetchJson(url: URL): Promise<Record<string, unknown>> {
  try {
    const response = await boundedFetch(url.href, {
      method: 'GET',
      headers: {},
      body: null,
      redirect: 'manual',
    });
    if (response.ok) return (await response.json()) as Record<string, unknown>;
    throw new Problem({
      code: 'oauth.metadata',
      title: 'The authority does not describe itself where it should',
      detail: `${url.href} answered ${response.status}`,
      remedy: 'Check the tenant ID (or the issuer) of the profile.',
      retry: response.status >= 500 ? 'later' : 'no',
    });
  } catch (error) {
    throw error instanceof Problem ? error : unreachable(url.host, error);
  }
}

export function unreachable(host: string, error: unknown): Problem {
  const cause = (error as { cause?: { code?: string } }).cause?.code ?? (error as { code?: string }).code;
  return new Problem(
    {
      code: 'oauth.unreachable',
      title: 'The authority cannot be reached',
      detail: cause ? `${host}: ${cause}` : host,
      cause: 'A firewall, a proxy, DNS, or a certificate that this machine does not trust.',
      remedy: `Let this machine reach ${host} on port 443. Where its certificate is from a private authority, name that in tls.trust.`,
      retry: 'later',
    },
    error,
  );
}

async function readBounded(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > answerBytes) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
