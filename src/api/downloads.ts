import { Hono, type MiddlewareHandler } from 'hono';
import type { Administration } from '../administration/administration.ts';
import { Problem } from '../model/problem.ts';
import { attachmentResponse, rawResponse } from './message-bytes.ts';

/**
 * Where destinations fetch what was too large to send: each URL carries its own permission, signed and for a
 * time, so that there is no session here.
 */
export function downloadRoutes({ messages }: Pick<Administration, 'messages'>): Hono {
  const permitted: MiddlewareHandler = async (c, next) => {
    if (!messages.verifyDownload(new URL(c.req.url))) throw refused();
    return next();
  };
  return new Hono()
    .get('/download/:id/raw', permitted, (c) => rawResponse(messages, c.req.param('id')))
    .get('/download/:id/attachments/:index', permitted, (c) =>
      attachmentResponse(messages, c.req.param('id'), c.req.param('index')),
    );
}

function refused(): Problem {
  return new Problem({
    code: 'download.refused',
    title: 'This download address is not good',
    cause: 'It has expired, or was changed on its way.',
    remedy:
      'Replay the delivery: it brings new addresses. How long they are good is set by delivery.urlHours.',
  });
}
