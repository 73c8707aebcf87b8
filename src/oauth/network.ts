import { type Configuration, type CustomFetch, customFetch } from 'openid-client';
import { Problem } from '../model/problem.ts';
import { assertAllowed } from '../network/allowed-hosts.ts';
import { explainNetwork } from '../network/explain.ts';
import { namingIssuer } from '../network/issuers.ts';
import { silent, unreachable } from '../network/problems.ts';
import type { Peer } from '../network/wording.ts';
import { inGoodForm } from './answers.ts';
import { invalidAnswer } from './invalid-answer.ts';

const timeoutSeconds = 30;
/** No answer of an authority is nearly as large. */
const answerBytes = 1024 * 1024;

/**
 * `fetch` with a time limit and a bound on what is read, the answer in good form. Throws `oauth.unreachable` and the
 * other Problems of networks and TLS, or `oauth.answer-invalid`.
 */
const boundedFetch: CustomFetch = async (url, options) => {
  const peer = peerAt(new URL(url));
  const form = options.body instanceof URLSearchParams ? options.body : null;
  try {
    assertAllowed(peer);
    const response = await fetch(url, {
      ...(options as RequestInit),
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
      redirect: 'manual',
    });
    const body = response.body ? await readBounded(response.body, peer.host) : null;
    const { status, headers } = response;
    return inGoodForm(
      { status, headers, body },
      { form, secrets: secretsIn(form, new Headers(options.headers)) },
    );
  } catch (error) {
    throw error instanceof Problem ? error : await explainFailedFetch(peer, error);
  }
};

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

async function readBounded(
  stream: ReadableStream<Uint8Array>,
  host: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
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
  return new Uint8Array(Buffer.concat(chunks));
}

/** An authority as people are told of it. */
export function peerAt({ hostname, port }: URL): Peer {
  const numbered = { host: hostname, port: Number(port || 443) };
  return { name: 'The authority', protocol: 'oauth', ...numbered, security: 'tls' };
}

/** Why an authority gave no answer. */
export async function explainFailedFetch(peer: Peer, error: unknown): Promise<Problem> {
  const { name, cause } = error as { name?: string; cause?: unknown };
  if (name === 'TimeoutError') return silent(peer, error);
  // What undici throws hides in `cause` what the socket threw
  const told = explainNetwork(cause ?? error, peer);
  if (told) return namingIssuer(told, cause ?? error, peer);
  const code = (cause as { code?: unknown } | undefined)?.code;
  return unreachable(
    peer,
    typeof code === 'string' ? code : 'the connection broke',
    `${peer.host} is out of order, or something on the way ended the connection.`,
    error,
  );
}
