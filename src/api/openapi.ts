import { STATUS_CODES } from 'node:http';
import type { z } from 'zod';
import { type ProblemKind, problemKinds } from '../model/problem.ts';
import { problemDocument } from './answers.ts';
import { embeddedSchema } from './json-schema.ts';
import type { Answer, Route } from './route.ts';

type Json = { [name: string]: unknown };
type ObjectSchema = { properties?: Json; required?: string[] };
/** The schema of a value, for a place in the document. */
type Embed = (schema: z.ZodType, io?: 'input' | 'output') => Json;

/**
 * OpenAPI 3.1 of the routes that are served at `origin`, made from the very schemas that validate. It refers to nothing
 * outside of itself, so that it can be saved and read anywhere.
 */
export function openApiDocument(routes: Route[], origin: string): Json {
  const schemas: Json = {};
  const embed: Embed = (given, io = 'output') => {
    const { schema, definitions } = embeddedSchema(given, io);
    Object.assign(schemas, definitions);
    return schema;
  };
  const paths: Record<string, Json> = {};
  for (const each of routes) {
    const path = each.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [each.method]: operation(each, embed) };
  }
  const content = { 'application/problem+json': { schema: embed(problemDocument) } };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Letterbox',
      version: '1',
      description: 'What an administrator can do. Every error is a problem document (RFC 9457).',
    },
    servers: [{ url: origin, description: 'This Letterbox' }],
    paths,
    components: {
      schemas,
      responses: problemResponses(content),
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

function operation(route: Route, embed: Embed): Json {
  const { path, operationId, open, summary, query, body, answer } = route;
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const { properties = {}, required = [] } = query ? (embed(query, 'input') as ObjectSchema) : {};
  const inQuery = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
  return {
    operationId,
    summary,
    ...(open && { security: [] }),
    parameters: [...inPath, ...inQuery],
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: embed(body, 'input') } } },
    }),
    responses: { ...success(answer, embed), ...problemsOf(route) },
  };
}

function success(answer: Answer, embed: Embed): Json {
  switch (answer.kind) {
    case 'nothing':
      return { 204: { description: 'Done' } };
    case 'json':
      return { [answer.status]: described(answer.description, 'application/json', embed(answer.schema)) };
    case 'lines': {
      const contentSchema = { anyOf: [embed(answer.schema), problemLine] };
      const lines = { type: 'string', contentMediaType: 'application/x-ndjson', contentSchema };
      return { 200: described(`${answer.description}; each a line of JSON`, 'application/x-ndjson', lines) };
    }
    case 'bytes': {
      const { contentType, description } = answer;
      const isJson = contentType.endsWith('json');
      const schema = isJson ? { type: 'object' } : { type: 'string', contentMediaType: contentType };
      return { 200: described(description, contentType, schema) };
    }
  }
}

/** The last line where it fails after it has begun. */
const problemLine = {
  type: 'object',
  properties: { problem: { $ref: '#/components/schemas/Problem' } },
  required: ['problem'],
};

function described(description: string, contentType: string, schema: Json): Json {
  return { description, content: { [contentType]: { schema } } };
}

/** Any route is asked with a query; those that change something, with a body. */
const ofAny: ProblemKind[] = ['invalid'];
const ofBody: ProblemKind[] = ['too-large', 'media-type'];

function problemsOf({ method, path, open, problems = [] }: Route): Json {
  const kinds = [
    ...ofAny,
    ...(open ? [] : (['unauthenticated'] as const)),
    ...(path.includes('/:') ? (['not-found'] as const) : []),
    ...(method === 'post' || method === 'patch' ? ofBody : []),
    ...problems,
  ];
  const statuses = new Set<number | 'default'>(kinds.map((kind) => problemKinds[kind]));
  return Object.fromEntries(
    [...statuses, 'default'].map((status) => [status, { $ref: `#/components/responses/${nameOf(status)}` }]),
  );
}

/** One for each status that a problem has; and one for all others. */
function problemResponses(content: Json): Json {
  const byStatus = Map.groupBy(Object.entries(problemKinds), ([, status]) => status);
  const responses = [...byStatus].map(([status, kinds]) => {
    const names = kinds.map(([kind]) => `\`${kind}\``).join(', ');
    return [
      nameOf(status),
      { description: `${STATUS_CODES[status]}: a problem of the kind ${names}`, content },
    ];
  });
  const other = { description: 'What is wrong, why, and what to do', content };
  return Object.fromEntries([...responses, [nameOf('default'), other]]);
}

function nameOf(status: unknown): string {
  return status === 'default' ? 'Problem' : `Problem${status}`;
}
