import { Problem, problemKinds } from '../model/problem.ts';

/** The HTTP status (RFC 9110 15) that fits a problem. */
export function problemStatus({ kind }: Problem): number {
  return problemKinds[kind];
}

/**
 * Any thrown value as `application/problem+json` (RFC 9457): the members `type`, `title`, `status` and
 * `detail`, and as extensions those of `ProblemJson`: `code`, `kind`, `cause`, `remedy`, `retry`, `fields`.
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
