import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { begunSchema } from './answers.ts';
import { nothing, type Route, route } from './route.ts';

/** What is done with a server beside changing it. */
export function serverRoutes({ servers }: Administration): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/servers/:id/pause',
      operationId: 'pauseServer',
      summary: 'Stops reading the mailbox until it is resumed',
      answer: nothing,
      handle: ({ id }) => servers.pause(id),
    }),
    route({
      method: 'post',
      path: '/api/servers/:id/resume',
      operationId: 'resumeServer',
      summary: 'Goes on reading the mailbox',
      answer: nothing,
      handle: ({ id }) => servers.resume(id),
    }),
    route({
      method: 'post',
      path: '/api/servers/:id/sync',
      operationId: 'synchroniseServer',
      summary: 'Reads everything that is in the mailbox now, once',
      answer: {
        kind: 'lines',
        description: 'That it began, and how many messages came in once it has ended',
        schema: z.union([
          begunSchema,
          z.object({ stored: z.int(), recognised: z.int(), waiting: z.int(), quarantined: z.int() }),
        ]),
      },
      async *handle({ id }) {
        const { name } = await servers.get(id);
        yield { server: name, condition: 'synchronising' };
        yield await servers.syncOnce(id);
      },
    }),
  ];
}
