import { z } from 'zod';
import { webhookPayloadSchema } from '../destinations/webhook/payload.ts';
import { messageSchema } from '../model/message.ts';
import { publishedSchema } from './json-schema.ts';
import { type Route, route, shown } from './route.ts';

/** What the API says of itself, of a message and of what a webhook receives, to all. */
export function descriptionRoutes(openApi: () => object): Route[] {
  return [
    route({
      open: true,
      method: 'get',
      path: '/api/openapi.json',
      operationId: 'getOpenApi',
      summary: 'This document',
      answer: shown('OpenAPI 3.1', z.record(z.string(), z.unknown())),
      handle: once(openApi),
    }),
    schemaRoute(
      'getMessageSchema',
      '/schemas/message.json',
      'The JSON Schema of a message, as this API has it',
      messageSchema,
    ),
    schemaRoute(
      'getWebhookSchema',
      '/schemas/webhook.json',
      'The JSON Schema of what a webhook receives',
      webhookPayloadSchema,
    ),
  ];
}

/** The same as in `docs/`. */
function schemaRoute(operationId: string, path: string, summary: string, schema: z.ZodType): Route {
  const document = once(() => publishedSchema(schema));
  return route({
    open: true,
    method: 'get',
    path,
    operationId,
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
