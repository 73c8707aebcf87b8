import type { Readable } from 'node:stream';
import { type Configuration, type CustomFetch, customFetch } from 'openid-client';
import { Problem } from '../model/problem.ts';
import { assertAllowed } from '../network/allowed-hosts.ts';
import { explainNetwork } from '../network/explain.ts';
import { createHttpClient, type HttpResponse } from '../network/http-client.ts';
import { HttpFailure } from '../network/http-exchange.ts';
import { namingIssuer } from '../network/issuers.ts';
import { answerUnreadable, silent, unreachable } from '../network/problems.ts';
import type { Peer } from '../network/wording.ts';
import { inGoodForm, type RawAnswer } from './answers.ts';
import { invalidAnswer } from './invalid-answer.ts';

const timeoutSeconds = 30;
const timeoutMs = timeoutSeconds * 1000;
/** No answer of an authority is nearly as large. */
const answerBytes = 1024 * 1024;

/** Sooner than the whole, so that what stood in the way of the connection is told as that. */
const connectMs = 20_000;

/**
 * A request with a time limit and a bound on what is read, the answer in good form. Throws `oauth.unreachable` and the
 * other Problems of networks, proxy and TLS, or `oauth.answer-invalid`.
 */
const boundedFetch: CustomFetch = async (url, options) => {
  const peer = peerAt(new URL(url));
  const form = options.body instanceof URLSearchParams ? options.body : null;
  try {
    assertAllowed(peer);
    const { status, headers, body } = await ask(new URL(url), options, peer.host);
    return inGoodForm(
      { status, headers, body },
      { form, secrets: secretsIn(form, new Headers(options.headers)) },
    );
  } catch (error) {
    throw error instanceof Problem ? error : await explainFailure(peer, error);
  }
};

/** Redirects are not followed, so that no secret leaves for another host. */
async function ask(
  url: URL,
  { method, headers, body }: Parameters<CustomFetch>[1],
  host: string,
): Promise<RawAnswer> {
  const times = { connectMs, silenceMs: timeoutMs, longestMs: timeoutMs };
  const client = createHttpClient(url, { connections: 1, ...times });
  try {
    const answer = await client.request({
      method: method as 'GET' | 'POST',
      target: `${url.pathname}${url.search}`,
      // Without it any coding may come (RFC 9110 12.5.3)
      headers: { 'accept-encoding': 'identity', ...headers },
      ...(body != null && { body: String(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { ...answer, headers: headersOf(answer), body: await readBounded(answer.body, host) };
  } finally {
    client.close();
  }
}

function headersOf({ headers }: HttpResponse): Headers {
  return new Headers(
    Object.entries(headers).flatMap(([name, values]) =>
      [values ?? []].flat().map((value): [string, string] => [name, value]),
    ),
  );
}

/** Parameters of a request that nobody but the authority may see (RFC 6749, 7521, 7636, 8628). */
const secretParameters = [
  'client_secret',
  'client_assertion',
  'assertion',
  'refresh_token',
  'code',
  'code_verifier',
  'device_code',
  'password',
];

/** What went out that must not come back in words. */
function secretsIn(form: URLSearchParams | null, headers: Headers): string[] {
  const parameters = secretParameters.flatMap((name) => form?.getAll(name) ?? []);
  const [, basic] = /^Basic (.+)$/i.exec(headers.get('authorization') ?? '') ?? [];
  if (basic === undefined) return parameters;
  // RFC 6749 2.3.1: form-encoded, with a colon between
  const [, secret = ''] = Buffer.from(basic, 'base64').toString().split(':');
  return [...parameters, basic, new URLSearchParams(`s=${secret}`).get('s') ?? ''];
}

/** What openid-client's own requests are made with. */
export const network = { [customFetch]: boundedFetch, timeout: timeoutSeconds };

export function withNetwork(configuration: Configuration): Configuration {
  return Object.assign(configuration, network);
}

async function readBounded(stream: Readable, host: string): Promise<RawAnswer['body']> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > answerBytes)
      throw invalidAnswer({
        title: 'The authority’s answer is far too large',
        detail: `${host} sent more than ${answerBytes} bytes`,
        remedy: 'Check the URLs of the profile: this is no authority.',
      });
    chunks.push(chunk);
  }
  return size === 0 ? null : new Uint8Array(Buffer.concat(chunks));
}

/** An authority as people are told of it. */
export function peerAt({ hostname, port }: URL): Peer {
  const numbered = { host: hostname, port: Number(port || 443) };
  return { name: 'The authority', protocol: 'oauth', ...numbered, security: 'tls' };
}

/** Why an authority gave no answer. */
export async function explainFailure(peer: Peer, error: unknown): Promise<Problem> {
  const isSilent = error instanceof HttpFailure && error.reason === 'silent';
  if (isSilent || (error as Error).name === 'TimeoutError') return silent(peer, error);
  if (error instanceof HttpFailure && error.reason === 'unreadable')
    return answerUnreadable(peer, error.message, error);
  const told = explainNetwork(error, peer);
  if (told) return namingIssuer(told, error, peer);
  const { code } = error as { code?: unknown };
  return unreachable(
    peer,
    typeof code === 'string' ? code : 'the connection broke',
    `${peer.host} is out of order, or something on the way ended the connection.`,
    error,
  );
}
