import { retryAfter } from '../network/retry-after.ts';

/** What an authorization server says when it refuses (RFC 6749 4.1.2.1, 5.2). */
export interface Refusal {
  /** Empty when the answer had none. */
  error: string;
  /** For developers, in the authority's words; empty when it gave none. */
  description: string;
  /** Entra's `error_codes`. */
  codes: number[];
  /** HTTP status; null for an error that came by redirect. */
  status: number | null;
  /** Until when it wants to be left alone. */
  retryAfter: Date | null;
}

const passing = ['server_error', 'temporarily_unavailable'];

/** Whether it passes by itself, whatever the words. */
export function isPassing({ error, status }: Refusal): boolean {
  return passing.includes(error) || (status !== null && (status >= 500 || status === 429 || status === 408));
}

/** What the authority said, from what openid-client threw; null when it said nothing. */
export async function refusalOf(thrown: unknown): Promise<Refusal | null> {
  const { AuthorizationResponseError, ResponseBodyError } = await import('openid-client');
  if (thrown instanceof AuthorizationResponseError) {
    const { error, error_description: description = '' } = thrown;
    return { error, description, codes: [], status: null, retryAfter: null };
  }
  const response = responseOf(thrown);
  if (!response) return null;
  const body = thrown instanceof ResponseBodyError ? thrown.cause : await readBody(response);
  const text = (name: string) => (typeof body[name] === 'string' ? body[name] : '');
  return {
    error: text('error'),
    description: text('error_description'),
    codes: Array.isArray(body.error_codes) ? body.error_codes.filter((code) => typeof code === 'number') : [],
    status: response.status,
    retryAfter: retryAfter(response.headers.get('retry-after')),
  };
}

/** openid-client reads the body of a refusal only where the standard has one; else it gives the whole answer. */
function responseOf(thrown: unknown): Response | null {
  const { response, cause } = thrown as { response?: unknown; cause?: unknown };
  if (response instanceof Response) return response;
  return cause instanceof Response ? cause : null;
}

async function readBody(response: Response): Promise<Record<string, unknown>> {
  try {
    // A copy, as several may ask what the refusal was.
    return Object(await response.clone().json());
  } catch {
    return {};
  }
}
