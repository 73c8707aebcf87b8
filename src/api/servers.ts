import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { checkResult, figuresSchema } from './answers.ts';
import { nothing, type Route, route, shown } from './route.ts';

/** The first of the lines of what takes its time. */
const begun = z.object({ server: z.string(), condition: z.literal('synchronising') });

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
      path: '/api/servers/:id/test',
      operationId: 'testServer',
      summary: 'Tests the connection, one step after the other',
      answer: {
        kind: 'lines',
        description: 'Each step as it ends, up to the first that fails',
        schema: checkResult,
      },
      handle: ({ id }) => servers.test(id),
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
          begun,
          z.object({ stored: z.int(), recognised: z.int(), waiting: z.int(), quarantined: z.int() }),
        ]),
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
      operationId: 'getServerAudit',
      summary: 'What has become of the messages of the mailbox, and what the last audit found',
      answer: shown('The figures', figuresSchema),
      handle: ({ id }) => servers.figures(id),
    }),
    route({
      method: 'post',
      path: '/api/servers/:id/audit',
      operationId: 'auditServer',
      summary: 'Compares all that the mailbox lists with what is stored, now, and reads what is missing',
      answer: {
        kind: 'lines',
        description: 'That it began, and the figures once it has ended',
        schema: z.union([begun, figuresSchema]),
      },
      async *handle({ id }) {
        const { name } = await servers.get(id);
        yield { server: name, condition: 'synchronising' };
        yield await servers.audit(id);
      },
    }),
  ];
}
