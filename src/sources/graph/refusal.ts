import type { HttpsResponse } from '../../network/https.ts';
import { readText } from '../../network/https.ts';

/** An answer of Microsoft Graph that is no success (Microsoft: Error responses and resource types). */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** From the general to the particular, in lower case: services differ in how they write them. */
  readonly codes: readonly string[];

  constructor(status: number, codes: string[], message: string) {
    super(message);
    this.status = status;
    this.codes = codes.map((code) => code.toLowerCase());
  }

  is(...codes: string[]): boolean {
    return codes.some((code) => this.codes.includes(code.toLowerCase()));
  }
}

/** An answer that is not as Graph documents it; the message says how, without quoting it. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

/** Pages that lead on for ever; what was on them can be used all the same. */
export class Endless extends Malformed {
  constructor() {
    super('pages without an end');
  }
}

const longestAnswer = 256 * 1024;

/** Reads the answer to its end. `message` is what Graph said, with the id by which Microsoft finds the request. */
export async function readRefusal({ status, headers, body }: HttpsResponse): Promise<Refusal> {
  const text = await readText(body, longestAnswer).catch(() => '');
  const { codes, message } = readError(text);
  const requestId = headers['request-id'];
  const said = [message, codes.at(-1) ?? `HTTP ${status}`, requestId && `request-id ${requestId}`];
  return new Refusal(status, codes, said.filter(Boolean).join(', '));
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
  let error = parse(text);
  const message = typeof error?.message === 'string' ? error.message : '';
  while (error && codes.length < mostCodes) {
    if (typeof error.code === 'string') codes.push(error.code);
    error = error.innerError ?? error.innererror;
  }
  return { codes, message };
}

function parse(text: string): ErrorBody | undefined {
  try {
    return (JSON.parse(text) as { error?: ErrorBody } | null)?.error;
  } catch {
    return undefined;
  }
}

/** The message or folder asked for is not there: it was moved or deleted. */
export function isGone(error: unknown): boolean {
  return error instanceof Refusal && error.is('ErrorItemNotFound', 'itemNotFound', 'ErrorFolderNotFound');
}

/** The id is none of this mailbox's. */
export function isNoId(error: unknown): boolean {
  return error instanceof Refusal && error.is('ErrorInvalidIdMalformed');
}

/** Graph has forgotten how far we were: all is to be looked at again (Microsoft: Use delta query, synchronization reset). */
export function isSyncStateLost(error: unknown): boolean {
  if (!(error instanceof Refusal)) return false;
  return error.status === 410 || error.is('syncStateNotFound', 'resyncRequired', 'syncStateInvalid');
}

/** The server failed at this very request, and may not the next time: a gateway that ran out of time, say. */
export function isPassing(error: unknown): boolean {
  return error instanceof Refusal && error.status >= 500 && error.status !== 501;
}
