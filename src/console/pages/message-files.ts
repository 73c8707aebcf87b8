import { Hono } from 'hono';
import { openByteStream } from '../../http/byte-stream.ts';
import { notFound } from '../../model/problem.ts';
import type { ConsoleEnv, PageDeps } from '../context.ts';
import { cleanFileName } from '../file-name.ts';
import { renderMessageHtml } from '../message-html.ts';

/** The message may style itself and show the images it brought along: no scripts, no forms, nothing remote. */
const messagePolicy = [
  'sandbox',
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ');

/** A download that no browser shows on our origin, whatever it says it is. */
function download(contentType: string, filename: string): Record<string, string> {
  return {
    'content-type': contentType,
    'content-disposition': `attachment; filename="${asciiName(filename)}"; filename*=UTF-8''${extendedValue(filename)}`,
    'content-security-policy': "sandbox; default-src 'none'",
  };
}

/** What a message consists of, each by its own address. */
export function messageFiles({ administration }: PageDeps): Hono<ConsoleEnv> {
  const { messages } = administration;
  return new Hono<ConsoleEnv>()
    .get('/messages/:id/html', async (c) => {
      const message = await messages.get(c.req.param('id'));
      const html = await renderMessageHtml(message, (attachment) => messages.attachment(message, attachment));
      return c.body(html, 200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': messagePolicy,
      });
    })
    .get('/messages/:id/raw', async (c) => {
      const id = c.req.param('id');
      const body = await openByteStream(messages.raw((await messages.get(id)).id), c);
      return c.body(body, 200, download('text/plain; charset=utf-8', `${id}.eml`));
    })
    .get('/messages/:id/attachments/:index{[0-9]+}', async (c) => {
      const message = await messages.get(c.req.param('id'));
      const attachment = message.attachments.find(({ index }) => index === Number(c.req.param('index')));
      if (!attachment)
        throw notFound(
          'This message has no such attachment',
          undefined,
          'Open the message and choose one of its attachments.',
        );
      const body = await openByteStream(messages.attachment(message, attachment), c);
      const name = cleanFileName(attachment.filename ?? `part-${attachment.index + 1}`);
      return c.body(body, 200, download('application/octet-stream', name));
    });
}

/** The name for clients that know only the quoted form (RFC 6266 appendix D). */
function asciiName(filename: string): string {
  return filename.replace(/[^\x20-\x7e]|["\\%]/g, '_');
}

/** RFC 8187 3.2.1: percent-encoded UTF-8. */
function extendedValue(filename: string): string {
  return encodeURIComponent(filename).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
