import type { Context } from 'hono';
import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { Problem } from '../model/problem.ts';
import { attachmentResponse, rawResponse } from './message-bytes.ts';
import { type Route, route } from './route.ts';

const signed = z.object({ expires: z.string(), signature: z.string() });

/**
 * Where destinations fetch what was too large to send: each URL carries its own permission, signed and for a
 * time, so that there is no session here.
 */
export function downloadRoutes({ messages }: Pick<Administration, 'messages'>): Route[] {
  function assertPermitted(c: Context): void {
    if (!messages.verifyDownload(new URL(c.req.url))) throw refused();
  }
  return [
    route({
      open: true,
      method: 'get',
      path: '/download/:id/raw',
      operationId: 'downloadMessageSource',
      summary: 'The raw source of a message, at the address that a webhook has brought',
      query: signed,
      answer: { kind: 'bytes', contentType: 'message/rfc822', description: 'The source' },
      problems: ['forbidden'],
      handle({ id, c }) {
        assertPermitted(c);
        return rawResponse(c, messages, id);
      },
    }),
    route({
      open: true,
      method: 'get',
      path: '/download/:id/attachments/:index',
      operationId: 'downloadMessageAttachment',
      summary: 'An attachment, decoded, at the address that a webhook has brought',
      query: signed,
      answer: { kind: 'bytes', contentType: 'application/octet-stream', description: 'The attachment' },
      problems: ['forbidden'],
      handle({ id, c }) {
        assertPermitted(c);
        return attachmentResponse(c, messages, id, c.req.param('index'));
      },
    }),
  ];
}

function refused(): Problem {
  return new Problem({
    code: 'download.refused',
    kind: 'forbidden',
    title: 'This download address is not good',
    cause: 'It has expired, or was changed on its way.',
    remedy:
      'Replay the delivery: it brings new addresses. How long they are good is set by delivery.urlHours.',
  });
}
