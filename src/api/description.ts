import { messageJsonSchema } from './openapi.ts';
import { type Route, route, shown } from './route.ts';

/** What the API says of itself and of a message, to all. */
export function descriptionRoutes(openApi: () => object): Route[] {
  const messageSchema = messageJsonSchema();
  return [
    route({
      open: true,
      method: 'get',
      path: '/api/openapi.json',
      summary: 'This document',
      answer: shown('OpenAPI 3.1'),
      handle: openApi,
    }),
    route({
      open: true,
      method: 'get',
      path: '/schemas/message.json',
      summary: 'The JSON Schema of a message, as webhooks and this API have it',
      answer: { kind: 'bytes', contentType: 'application/schema+json', description: 'JSON Schema 2020-12' },
      handle: ({ c }) => c.json(messageSchema, 200, { 'content-type': 'application/schema+json' }),
    }),
  ];
}
