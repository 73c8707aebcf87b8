import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { mailInput, replyInput } from '../administration/mail-input.ts';
import { mailSource } from './message-bytes.ts';
import { identifier, paging } from './paging.ts';
import { created, type Route, route, shown } from './route.ts';

export function outgoingRoutes({ outgoing }: Administration): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/outgoing',
      summary: 'Outgoing mails, newest first, each with its recipients and what became of it there',
      query: z.strictObject({ serverId: identifier, inReplyTo: identifier, ...paging }),
      answer: shown('`items`, and `next` to ask for the page after them, null at the end'),
      handle: ({ query }) => outgoing.list(query),
    }),
    route({
      method: 'post',
      path: '/api/outgoing',
      summary: 'Sends a mail: it is in the outbox when this answers, and sent soon',
      body: mailInput,
      answer: created('The mail'),
      handle: ({ body }) => outgoing.send(body),
    }),
    route({
      method: 'get',
      path: '/api/outgoing/:id',
      summary: 'One outgoing mail',
      answer: shown('The mail'),
      handle: ({ id }) => outgoing.get(id),
    }),
    route({
      method: 'get',
      path: '/api/outgoing/:id/raw',
      summary: 'The source of an outgoing mail, byte for byte as it is sent',
      answer: { kind: 'bytes', contentType: 'message/rfc822', description: 'The source' },
      handle: ({ id, c }) => mailSource(c, outgoing, id),
    }),
    route({
      method: 'post',
      path: '/api/messages/:id/reply',
      summary: 'Answers a message, in its thread',
      body: replyInput,
      answer: created('The mail'),
      handle: ({ id, body }) => outgoing.reply(id, body),
    }),
  ];
}
