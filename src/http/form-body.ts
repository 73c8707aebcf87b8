import type { Context } from 'hono';
import { formFields } from './limits.ts';
import { brokenBody, hasBody, mediaType, readText, wrongMediaType } from './request-body.ts';

const urlEncoded = 'application/x-www-form-urlencoded';

/**
 * The fields of a posted form (URL Standard 5.1); none where there is no body. Throws `request.media-type`,
 * `request.too-large`, or `request.body` for what a browser does not send: a `%` that encodes nothing, other text
 * than UTF-8, too many fields, a body that breaks off.
 */
export async function readFields(c: Context): Promise<URLSearchParams> {
  if (!hasBody(c)) return new URLSearchParams();
  if (mediaType(c) !== urlEncoded) throw wrongMediaType(c, 'Forms are read URL-encoded', urlEncoded);
  const text = await readText(c);
  if (text.split('&', formFields + 1).length > formFields)
    throw brokenBody(`It has more than ${formFields} fields.`);
  try {
    decodeURIComponent(text);
  } catch (error) {
    throw brokenBody('Its percent-encoding is wrong.', error);
  }
  return new URLSearchParams(text);
}
