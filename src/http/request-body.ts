import type { Context } from 'hono';
import { Problem } from '../model/problem.ts';

/**
 * The whole body of a request as text, at most what {@link limitBody} lets through. Throws `request.too-large`, and
 * `request.body` where it breaks off or is no UTF-8.
 */
export async function readText(c: Context): Promise<string> {
  let bytes: ArrayBuffer;
  try {
    bytes = await c.req.arrayBuffer();
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw brokenBody('It broke off before its end.', error);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw brokenBody('It is no UTF-8.', error);
  }
}

/** Whether the request has a body (RFC 9112 6). */
export function hasBody(c: Context): boolean {
  return c.req.header('transfer-encoding') !== undefined || Number(c.req.header('content-length') ?? 0) > 0;
}

/** The media type of a body, without its parameters (RFC 9110 8.3.1); empty where none is given. */
export function mediaType(c: Context): string {
  const [type = ''] = (c.req.header('content-type') ?? '').split(';');
  return type.trim().toLowerCase();
}

/** A body of another media type than is read here. */
export function wrongMediaType(c: Context, title: string, expected: string): Problem {
  return new Problem({
    code: 'request.media-type',
    kind: 'media-type',
    title,
    detail: `Content-Type: ${mediaType(c).slice(0, 100) || 'none'}`,
    remedy: `Send Content-Type: ${expected}.`,
  });
}

export function brokenBody(cause: string, error?: unknown): Problem {
  return new Problem(
    {
      code: 'request.body',
      kind: 'usage',
      title: 'The body of the request cannot be read',
      cause,
      remedy: 'Send it again, whole and well-formed.',
    },
    error,
  );
}
