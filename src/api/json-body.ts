import type { Context } from 'hono';
import { z } from 'zod';
import { invalidInput, Problem } from '../model/problem.ts';
import { validate } from '../resources/validation.ts';

const noFields = z.strictObject({});

/**
 * The body of a request as JSON; an empty one is `{}`. Throws `request.media-type` for another media type,
 * which also keeps out forms that other sites send, and `input.invalid` for what is no JSON.
 */
export async function readJson(c: Context): Promise<unknown> {
  const [mediaType = ''] = (c.req.header('content-type') ?? '').split(';');
  if (mediaType.trim().toLowerCase() !== 'application/json')
    throw new Problem({
      code: 'request.media-type',
      kind: 'media-type',
      title: 'The API reads JSON',
      detail: `Content-Type: ${mediaType.trim().slice(0, 100) || 'none'}`,
      remedy: 'Send Content-Type: application/json.',
    });
  const text = await c.req.text();
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw invalidInput([{ field: 'body', expected: 'JSON (RFC 8259)' }]);
  }
}

/** For what takes no fields: no body, or `{}`. */
export async function readNothing(c: Context): Promise<unknown> {
  return (await c.req.text()) === '' ? {} : validate(noFields, await readJson(c));
}
