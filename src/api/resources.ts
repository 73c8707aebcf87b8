import type { Context } from 'hono';
import { z } from 'zod';
import type { Managed } from '../administration/managed.ts';
import { invalidInput } from '../model/problem.ts';
import type { Resource, ResourceRecord } from '../resources/resource.ts';
import { withArticle } from '../resources/titles.ts';
import { unreadableSchema } from './answers.ts';
import { inputSchema, recordSchema } from './resource-schemas.ts';
import { created, nothing, type Route, route, shown } from './route.ts';

/** What can be done with each resource, by whatever it is made of. */
export function resourceRoutes(all: Managed<ResourceRecord>[]): Route[] {
  return [
    ...all.flatMap((one) => (one.resource.single ? singleRoutes(one) : routesOf(one))),
    unreadableRoute(all),
  ];
}

function unreadableRoute(all: Managed<ResourceRecord>[]): Route {
  return route({
    method: 'get',
    path: '/api/unreadable',
    operationId: 'listUnreadable',
    summary: 'Records that are there but cannot be read, and why; they can be removed',
    answer: shown('The records, each with why', z.array(unreadableSchema)),
    async handle() {
      const found = all.map(async ({ resource: { path }, all: read }) =>
        (await read()).unreadable.map((one) => ({ path, ...one })),
      );
      return (await Promise.all(found)).flat();
    },
  });
}

function routesOf(records: Managed<ResourceRecord>): Route[] {
  const { resource } = records;
  const { title } = resource;
  const path = `/api/${resource.path}`;
  const one = withArticle(title);
  const named = inOneWord(resource);
  const read = recordSchema(resource, 'read');
  return [
    route({
      method: 'get',
      path,
      operationId: `list${named}`,
      summary: `All ${title}s`,
      answer: shown(`The ${title}s, by name, without their secrets`, z.array(read)),
      handle: () => records.list(),
    }),
    route({
      method: 'post',
      path,
      operationId: `add${named.replace(/s$/, '')}`,
      summary: `Adds ${one}`,
      body: inputSchema(resource, 'new'),
      answer: created(
        `The ${title}; and this once, what is shown only when it is made`,
        recordSchema(resource, 'created'),
      ),
      problems: ['conflict'],
      handle: async ({ body, c }) => tagged(c, await records.create(body)),
    }),
    route({
      method: 'get',
      path: `${path}/:id`,
      operationId: `get${named.replace(/s$/, '')}`,
      summary: `One ${title}`,
      answer: shown(`The ${title}, without its secrets; its version also as ETag`, read),
      handle: async ({ id, c }) => tagged(c, await records.get(id)),
    }),
    route({
      method: 'patch',
      path: `${path}/:id`,
      operationId: `change${named.replace(/s$/, '')}`,
      summary: `Changes ${one}; what is left out stays. If-Match names the version that was seen`,
      body: inputSchema(resource, 'change'),
      answer: shown(`The ${title} as it is now`, recordSchema(resource, 'changed')),
      problems: ['conflict', 'changed'],
      handle: async ({ id, body, c }) => tagged(c, await records.update(id, body, versionSeen(c))),
    }),
    route({
      method: 'delete',
      path: `${path}/:id`,
      operationId: `remove${named.replace(/s$/, '')}`,
      summary: `Removes ${one}. ${resource.removal.consequence}`,
      query: removalQuery(resource),
      answer: nothing,
      problems: ['conflict', 'changed'],
      handle: ({ id, query, c }) =>
        records.remove(id, { version: versionSeen(c), keepMessages: query.keepMessages === 'true' }),
    }),
  ];
}

function singleRoutes(records: Managed<ResourceRecord>): Route[] {
  const { resource } = records;
  const path = `/api/${resource.path}`;
  const named = inOneWord(resource);
  const read = recordSchema(resource, 'read');
  return [
    route({
      method: 'get',
      path,
      operationId: `get${named}`,
      summary: `The ${resource.title}`,
      answer: shown(`The ${resource.title}; their version also as ETag`, read),
      handle: async ({ c }) => tagged(c, await records.get(resource.type)),
    }),
    route({
      method: 'patch',
      path,
      operationId: `change${named}`,
      summary: `Changes the ${resource.title}; what is left out stays`,
      body: inputSchema(resource, 'change'),
      answer: shown(`The ${resource.title} as they are now`, recordSchema(resource, 'changed')),
      problems: ['changed'],
      handle: async ({ body, c }) => tagged(c, await records.update(resource.type, body, versionSeen(c))),
    }),
  ];
}

/** `outgoing-servers` as `OutgoingServers`. */
function inOneWord({ path }: Resource): string {
  return path.replace(/(?:^|-)([a-z])/g, (_, first: string) => first.toUpperCase());
}

/** Only messages that may outlive what they came through can be kept. */
function removalQuery({ removal }: Resource): z.ZodType<{ keepMessages?: 'true' | 'false' | undefined }> {
  if (removal.keepingMessages === undefined) return z.strictObject({});
  const keepMessages = z.enum(['true', 'false']).optional().describe(removal.keepingMessages);
  return z.strictObject({ keepMessages });
}

/** The version of a record as its entity tag (RFC 9110 8.8.3). */
function tagged<R extends ResourceRecord>(c: Context, record: R): R {
  c.header('etag', `"${record.version}"`);
  return record;
}

/** RFC 9110 13.1.1; `*` asks for no more than that it is there. */
function versionSeen(c: Context): number | undefined {
  const given = c.req.header('if-match')?.trim();
  if (given === undefined || given === '*') return undefined;
  const [, version] = /^"(0|[1-9]\d{0,14})"$/.exec(given) ?? [];
  if (version === undefined)
    throw invalidInput([{ field: 'If-Match', expected: 'the ETag of a record, such as "3"', given }]);
  return Number(version);
}
