import { type Configuration, type CustomFetch, customFetch } from 'openid-client';
import { Problem } from '../model/problem.ts';
import { invalidAnswer } from './invalid-answer.ts';

const timeoutSeconds = 30;
/** No answer of an authority is nearly as large. */
const answerBytes = 1024 * 1024;

/** `fetch` with a time limit and a bound on what is read. Throws `oauth.unreachable` or `oauth.answer-invalid`. */
const boundedFetch: CustomFetch = async (url, options) => {
  const { host } = new URL(url);
  try {
    const response = await fetch(url, {
      ...(options as RequestInit),
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
      redirect: 'manual',
    });
    const body = response.body ? await readBounded(response.body, host) : null;
    return new Response(body, { status: response.status, headers: response.headers });
  } catch (error) {
    throw error instanceof Problem ? error : unreachable(host, error);
  }
};

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

/** What stands between this machine and the authority, by the code of the failed connection. */
const obstacles: { code: RegExp; cause: string; remedy: string }[] = [
  {
    code: /CERT|SIGNED|ISSUER|TLS|SSL/,
    cause: 'This machine does not trust the certificate that was shown.',
    remedy: 'If it is from a private authority, name its certificate in tls.trust and start Letterbox again.',
  },
  {
    code: /ENOTFOUND|EAI_AGAIN/,
    cause: 'The name cannot be resolved.',
    remedy: 'Check the URL in the profile, and the DNS of this machine.',
  },
];

function unreachable(host: string, error: unknown): Problem {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  const code = cause?.code ?? (name === 'TimeoutError' ? `no answer within ${timeoutSeconds} seconds` : '');
  const obstacle = obstacles.find((known) => known.code.test(code));
  return new Problem(
    {
      code: 'oauth.unreachable',
      kind: 'unavailable',
      title: 'The authority cannot be reached',
      detail: code ? `${host}: ${code}` : host,
      cause: obstacle?.cause ?? 'A firewall or a proxy is in the way, or the authority is down.',
      remedy: obstacle?.remedy ?? `Let this machine reach ${host} over HTTPS.`,
      retry: 'later',
    },
    error,
  );
}
