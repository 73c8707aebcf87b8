import { z } from 'zod';
import { webhookPayloadSchema } from '../destinations/webhook/payload.ts';
import { messageSchema } from '../model/message.ts';
import { type Route, route, shown } from './route.ts';

/** What the API says of itself, of a message and of what a webhook receives, to all. */
export function descriptionRoutes(openApi: () => object): Route[] {
  return [
    route({
      open: true,
      method: 'get',
      path: '/api/openapi.json',
      summary: 'This document',
      answer: shown('OpenAPI 3.1'),
      handle: once(openApi),
    }),
    schemaRoute('/schemas/message.json', 'The JSON Schema of a message, as this API has it', messageSchema),
    schemaRoute('/schemas/webhook.json', 'The JSON Schema of what a webhook receives', webhookPayloadSchema),
  ];
}

/** The same as in `docs/`. */
function schemaRoute(path: string, summary: string, schema: z.ZodType): Route {
  const document = once(() => z.toJSONSchema(schema, { io: 'input' }));
  return route({
    open: true,
    method: 'get',
    path,
    summary,
    answer: { kind: 'bytes', contentType: 'application/schema+json', description: 'JSON Schema 2020-12' },
    handle: ({ c }) => c.json(document(), 200, { 'content-type': 'application/schema+json' }),
  });
}

/** Made when it is first asked for: hardly anybody does, and every start would wait for it. */
function once(make: () => object): () => object {
  let made: object | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
