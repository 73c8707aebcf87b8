import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { serverChanges, serverInput } from '../administration/server-input.ts';
import { created, nothing, type Route, route, shown } from './route.ts';

const removalQuery = z.strictObject({ keepMessages: z.enum(['true', 'false']).default('false') });

export function serverRoutes({ servers }: Administration): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/servers',
      summary: 'All incoming email servers',
      answer: shown('The servers, each with its state'),
      handle: () => servers.list(),
    }),
    route({
      method: 'post',
      path: '/api/servers',
      summary: 'Adds an incoming email server',
      body: serverInput,
      answer: created('The server'),
      handle: ({ body }) => servers.create(body),
    }),
    route({
      method: 'get',
      path: '/api/servers/:id',
      summary: 'One incoming email server',
      answer: shown('The server with its state'),
      handle: ({ id }) => servers.get(id),
    }),
    route({
      method: 'patch',
      path: '/api/servers/:id',
      summary: 'Changes an incoming email server; what is left out stays',
      body: serverChanges,
      answer: shown('The server as it is now'),
      handle: ({ id, body }) => servers.update(id, body),
    }),
    route({
      method: 'delete',
      path: '/api/servers/:id',
      summary: 'Removes an incoming email server with its messages here; its mailbox stays as it is',
      query: removalQuery,
      answer: nothing,
      handle: ({ id, query }) => servers.remove(id, { keepMessages: query.keepMessages === 'true' }),
    }),
    route({
      method: 'post',
      path: '/api/servers/:id/pause',
      summary: 'Stops reading the mailbox until it is resumed',
      answer: nothing,
      handle: ({ id }) => servers.pause(id),
    }),
    route({
      method: 'post',
      path: '/api/servers/:id/resume',
      summary: 'Goes on reading the mailbox',
      answer: nothing,
      handle: ({ id }) => servers.resume(id),
    }),
    route({
      method: 'post',
      path: '/api/servers/:id/test',
      summary: 'Tests the connection, one step after the other',
      answer: { kind: 'lines', description: 'Each step as it ends, up to the first that fails' },
      handle: ({ id }) => servers.test(id),
    }),
    route({
      method: 'post',
      path: '/api/servers/:id/sync',
      summary: 'Reads everything that is in the mailbox now, once',
      answer: {
        kind: 'lines',
        description: 'That it began, and how many messages came in once it has ended',
      },
      async *handle({ id }) {
        const { name } = await servers.get(id);
        yield { server: name, condition: 'synchronising' };
        yield await servers.syncOnce(id);
      },
    }),
  ];
}
