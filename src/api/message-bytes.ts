import type { Context } from 'hono';
import type { Administration } from '../administration/administration.ts';
import { openByteStream } from '../http/byte-stream.ts';
import { notFound } from '../model/problem.ts';

type Messages = Administration['messages'];

/** The raw source; a browser saves it and never shows it, whatever is in it. */
export async function rawResponse(c: Context, messages: Messages, id: string): Promise<Response> {
  const message = await messages.get(id);
  return download(c, 'message/rfc822', messages.raw(message.id));
}

/** The same of an outgoing mail. */
export async function mailSource(
  c: Context,
  outgoing: Administration['outgoing'],
  id: string,
): Promise<Response> {
  const { id: found } = await outgoing.get(id);
  return download(c, 'message/rfc822', outgoing.raw(found));
}

/** An attachment, decoded; never under the media type that its sender claims. */
export async function attachmentResponse(
  c: Context,
  messages: Messages,
  id: string,
  index: string | undefined,
): Promise<Response> {
  const message = await messages.get(id);
  const attachment = message.attachments.find((one) => String(one.index) === index);
  if (!attachment)
    throw notFound(
      'The message has no such attachment',
      `${index} of ${message.attachments.length}`,
      'The attachments of the message have their numbers in its JSON.',
    );
  return download(c, 'application/octet-stream', messages.attachment(message, attachment));
}

async function download(
  c: Context,
  contentType: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<Response> {
  return new Response(await openByteStream(bytes, c), {
    headers: {
      'content-type': contentType,
      'content-disposition': 'attachment',
      'content-security-policy': "sandbox; default-src 'none'",
    },
  });
}
