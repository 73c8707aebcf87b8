import type { Administration } from '../administration/administration.ts';
import { nothing, type Route, route, shown } from './route.ts';

/** What is done with a server beside changing it. */
export function serverRoutes({ servers }: Administration): Route[] {
  return [
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
    route({
      method: 'get',
      path: '/api/servers/:id/audit',
      summary: 'What has become of the messages of the mailbox, and what the last audit found',
      answer: shown('The figures'),
      handle: ({ id }) => servers.figures(id),
    }),
    route({
      method: 'post',
      path: '/api/servers/:id/audit',
      summary: 'Compares all that the mailbox lists with what is stored, now, and reads what is missing',
      answer: { kind: 'lines', description: 'That it began, and the figures once it has ended' },
      async *handle({ id }) {
        const { name } = await servers.get(id);
        yield { server: name, condition: 'synchronising' };
        yield await servers.audit(id);
      },
    }),
  ];
}
