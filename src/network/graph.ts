import { type HttpsResponse, readText } from './https.ts';
import { retryAfter } from './retry-after.ts';

/** What every part of Microsoft Graph has in common on the wire: its version, its JSON, its errors. */

/** First part of every path. */
export const version = '/v1.0';

/** A JSON object as it came; whoever reads it looks at what it needs. */
export type Json = Record<string, unknown>;

/** An answer of Microsoft Graph that is no success (Microsoft: Error responses and resource types). */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** From the general to the particular, in lower case: services differ in how they write them. */
  readonly codes: readonly string[];
  /** Until when it wants to be left alone (Microsoft: throttling guidance); null where it did not say. */
  readonly retryAfter: Date | null;

  constructor(status: number, codes: string[], message: string, retryAt: Date | null = null) {
    super(message);
    this.status = status;
    this.codes = codes.map((code) => code.toLowerCase());
    this.retryAfter = retryAt;
  }

  is(...codes: string[]): boolean {
    return codes.some((code) => this.codes.includes(code.toLowerCase()));
  }

  /** Whether it was refused only because too much was asked. */
  get isThrottling(): boolean {
    const { status } = this;
    return status === 429 || status === 509 || (status === 503 && this.retryAfter !== null);
  }
}

/** An answer that is not as Graph documents it; the message says how, without quoting it. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

/** The server failed at this very request, and may not the next time: a gateway that ran out of time, say. */
export function isPassing(error: unknown): boolean {
  return error instanceof Refusal && error.status >= 500 && error.status !== 501;
}

const longestRefusal = 256 * 1024;
/** A page of a thousand messages has some 500 kB. */
const longestJson = 8 * 1024 * 1024;

/** Reads the answer to its end. `message` is what Graph said, with the id by which Microsoft finds the request. */
export async function readRefusal({ status, headers, body }: HttpsResponse): Promise<Refusal> {
  const text = await readText(body, longestRefusal).catch(() => '');
  const { codes, message } = readError(text);
  const requestId = headers['request-id'];
  const said = [message, codes.at(-1) ?? `HTTP ${status}`, requestId && `request-id ${requestId}`];
  return new Refusal(status, codes, said.filter(Boolean).join(', '), retryAfter(headers['retry-after']));
}

/** The answer's JSON; empty where there is none. */
export async function readJson({ body }: HttpsResponse): Promise<Json> {
  const text = await readText(body, longestJson);
  if (text === '') return {};
  const value = parse(text);
  if (typeof value !== 'object' || value === null) throw new Malformed('an answer that is no JSON object');
  return value as Json;
}

/** Codes may be nested without an end in sight. */
const mostCodes = 8;

interface ErrorBody {
  code?: unknown;
  message?: unknown;
  innerError?: ErrorBody;
  innererror?: ErrorBody;
}

function readError(text: string): { codes: string[]; message: string } {
  const codes: string[] = [];
  let error = (parse(text) as { error?: ErrorBody } | null)?.error;
  const message = typeof error?.message === 'string' ? error.message : '';
  while (error && codes.length < mostCodes) {
    if (typeof error.code === 'string') codes.push(error.code);
    error = error.innerError ?? error.innererror;
  }
  return { codes, message };
}

/** Null for what is no JSON: what JSON.parse says of it quotes it. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
