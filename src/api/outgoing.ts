import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { mailInput, replyInput } from '../administration/mail-input.ts';
import { outgoingMail, pageOf } from './answers.ts';
import { mailSource } from './message-bytes.ts';
import { identifier, paging } from './paging.ts';
import { created, type Route, route, shown } from './route.ts';

export function outgoingRoutes({ outgoing }: Administration): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/outgoing',
      operationId: 'listOutgoingMails',
      summary: 'Outgoing mails, newest first, each with its recipients and what became of it there',
      query: z.strictObject({ serverId: identifier, inReplyTo: identifier, ...paging }),
      answer: shown('The mails', pageOf(outgoingMail)),
      handle: ({ query }) => outgoing.list(query),
    }),
    route({
      method: 'post',
      path: '/api/outgoing',
      operationId: 'sendMail',
      summary: 'Sends a mail: it is in the outbox when this answers, and sent soon',
      body: mailInput,
      answer: created('The mail', outgoingMail),
      problems: ['conflict'],
      handle: ({ body }) => outgoing.send(body),
    }),
    route({
      method: 'get',
      path: '/api/outgoing/:id',
      operationId: 'getOutgoingMail',
      summary: 'One outgoing mail',
      answer: shown('The mail', outgoingMail),
      handle: ({ id }) => outgoing.get(id),
    }),
    route({
      method: 'get',
      path: '/api/outgoing/:id/raw',
      operationId: 'getOutgoingMailSource',
      summary: 'The source of an outgoing mail, byte for byte as it is sent',
      answer: { kind: 'bytes', contentType: 'message/rfc822', description: 'The source' },
      handle: ({ id, c }) => mailSource(c, outgoing, id),
    }),
    route({
      method: 'post',
      path: '/api/messages/:id/reply',
      operationId: 'replyToMessage',
      summary: 'Answers a message, in its thread',
      body: replyInput,
      answer: created('The mail', outgoingMail),
      problems: ['conflict'],
      handle: ({ id, body }) => outgoing.reply(id, body),
    }),
  ];
}
