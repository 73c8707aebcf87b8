import { z } from 'zod';
import { problemKinds } from '../model/problem.ts';
import type { Answer, Route } from './route.ts';

type Json = { [name: string]: unknown };
type ObjectSchema = { properties?: Json; required?: string[] };

/** OpenAPI 3.1 of the routes that are served, made from the very schemas that validate. */
export function openApiDocument(routes: Route[]): Json {
  const paths: Record<string, Json> = {};
  for (const each of routes) {
    const path = each.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [each.method]: operation(each) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Letterbox',
      version: '1',
      description: 'What an administrator can do. Every error is a problem document (RFC 9457).',
    },
    paths,
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-letterbox',
          description:
            'A session of the console; changes only from its own pages. The local socket needs none.',
        },
      },
    },
    security: [{ session: [] }],
  };
}

function operation({ path, open, summary, query, body, answer }: Route): Json {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const { properties = {}, required = [] } = query ? (jsonSchema(query) as ObjectSchema) : {};
  const inQuery = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
  return {
    summary,
    ...(open && { security: [] }),
    parameters: [...inPath, ...inQuery],
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body) } } },
    }),
    responses: { ...success(answer), default: problemResponse },
  };
}

function success(answer: Answer): Json {
  switch (answer.kind) {
    case 'nothing':
      return { 204: { description: 'Done' } };
    case 'json': {
      const { schema: given } = answer;
      const schema = typeof given === 'string' ? { $ref: given } : given && jsonSchema(given, 'output');
      return { [answer.status]: described(answer.description, 'application/json', schema && { schema }) };
    }
    case 'lines':
      return { 200: described(answer.description, 'application/x-ndjson') };
    case 'bytes':
      return { 200: described(answer.description, answer.contentType) };
  }
}

function described(description: string, contentType: string, content: Json = {}): Json {
  return { description, content: { [contentType]: content } };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output' = 'input'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

const problemResponse = {
  description: 'What is wrong, why, and what to do',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const text = { type: 'string' };

const problemSchema = {
  type: 'object',
  required: ['type', 'status', 'code', 'kind', 'title', 'remedy', 'retry'],
  properties: {
    type: text,
    status: { type: 'integer' },
    code: { ...text, description: 'Stable; names the case' },
    kind: { ...text, enum: Object.keys(problemKinds), description: 'Stable; programs go by it' },
    title: text,
    detail: text,
    cause: text,
    remedy: text,
    retry: { ...text, description: '"no", "later", or the instant before which trying again is no use' },
    fields: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'expected'],
        properties: { field: text, expected: text, given: text, where: text },
      },
    },
  },
};
