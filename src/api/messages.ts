import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { messageSchema } from '../model/message.ts';
import { messageSummary, pageOf } from './answers.ts';
import { attachmentResponse, rawResponse } from './message-bytes.ts';
import { identifier, paging } from './paging.ts';
import { type Route, route, shown } from './route.ts';

export function messageRoutes({ messages }: Administration): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/messages',
      operationId: 'listMessages',
      summary: 'Messages, newest first',
      query: z.strictObject({
        serverId: identifier,
        search: z.string().max(200).exactOptional(),
        ...paging,
      }),
      answer: shown('The messages', pageOf(messageSummary)),
      handle: ({ query }) => messages.list(query),
    }),
    route({
      method: 'get',
      path: '/api/messages/:id',
      operationId: 'getMessage',
      summary: 'One message as it was understood',
      answer: shown('The message', messageSchema),
      handle: ({ id }) => messages.get(id),
    }),
    route({
      method: 'get',
      path: '/api/messages/:id/raw',
      operationId: 'getMessageSource',
      summary: 'The raw source of a message, byte for byte',
      answer: { kind: 'bytes', contentType: 'message/rfc822', description: 'The source' },
      handle: ({ id, c }) => rawResponse(c, messages, id),
    }),
    route({
      method: 'get',
      path: '/api/messages/:id/attachments/:index',
      operationId: 'getMessageAttachment',
      summary: 'One attachment of a message, decoded',
      answer: { kind: 'bytes', contentType: 'application/octet-stream', description: 'The attachment' },
      handle: ({ id, c }) => attachmentResponse(c, messages, id, c.req.param('index')),
    }),
  ];
}
