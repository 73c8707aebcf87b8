import type { Context } from 'hono';
import { z } from 'zod';
import { hasBody, mediaType, readText, wrongMediaType } from '../http/request-body.ts';
import { invalidInput } from '../model/problem.ts';
import { validate } from '../resources/validation.ts';

const noFields = z.strictObject({});

/**
 * The body of a request as JSON; an empty one is `{}`. Throws `request.media-type` for another media type,
 * which also keeps out forms that other sites send, `request.body` for one that breaks off, and `input.invalid` for
 * what is no JSON.
 */
export async function readJson(c: Context): Promise<unknown> {
  if (mediaType(c) !== 'application/json') throw wrongMediaType(c, 'The API reads JSON', 'application/json');
  const text = await readText(c);
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw invalidInput([{ field: 'body', expected: 'JSON (RFC 8259)' }]);
  }
}

/** For what takes no fields: no body, or `{}`. */
export async function readNothing(c: Context): Promise<unknown> {
  return hasBody(c) ? validate(noFields, await readJson(c)) : {};
}
