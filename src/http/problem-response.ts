import { Problem } from '../model/problem.ts';

/** Statuses of codes that have their own; others follow from {@link remoteFailure} or are 500. */
const statuses: Record<string, number> = {
  'input.invalid': 422,
  'not-found': 404,
  'request.method': 405,
  'request.too-large': 413,
  'request.media-type': 415,
  'request.forged': 403,
  'download.refused': 403,
  'session.missing': 401,
  'sign-in.refused': 401,
  'sign-in.too-many-attempts': 429,
  'sign-in.busy': 503,
  'set-up.done': 409,
  'consent.unknown': 403,
  'consent.expired': 410,
  'consent.interrupted': 409,
  'consent.not-needed': 409,
  'profile.consent-needed': 409,
  'live.too-many': 503,
  'message.source-expired': 410,
  'quarantine.gone': 410,
  'store.full': 507,
};

/** Codes whose cause lies with the server that Letterbox asked: the authority or the mail server. */
const remoteFailure = /^(oauth|imap|graph|webhook|smtp|lmtp|graph-send)\./;

/** The HTTP status (RFC 9110 15) that fits a problem. */
export function problemStatus({ code, retry }: Problem): number {
  const status = statuses[code];
  if (status !== undefined) return status;
  if (code.endsWith('.in-use') || code.endsWith('-taken')) return 409;
  if (remoteFailure.test(code)) return 502;
  return retry === 'no' || code === 'internal' ? 500 : 503;
}

/**
 * Any thrown value as `application/problem+json` (RFC 9457): the members `type`, `title`, `status` and
 * `detail`, and as extensions those of `ProblemJson`: `code`, `cause`, `remedy`, `retry`, `fields`.
 * A problem that may be retried at a known time sends `Retry-After` (RFC 9110 10.2.3) in seconds.
 */
export function problemResponse(error: unknown): Response {
  const problem = Problem.from(error);
  const status = problemStatus(problem);
  const body = { type: `urn:letterbox:problem:${problem.code}`, status, ...problem.toJSON() };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...retryAfter(problem),
    },
  });
}

/** `Retry-After` for a problem that says when to try again; nothing otherwise. */
export function retryAfter({ retry }: Problem): { 'retry-after'?: string } {
  if (!(retry instanceof Date)) return {};
  return { 'retry-after': String(Math.max(1, Math.ceil((retry.getTime() - Date.now()) / 1000))) };
}
