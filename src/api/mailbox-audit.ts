import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { begunSchema, figuresSchema } from './answers.ts';
import { type Route, route, shown } from './route.ts';

/** Whether all mail of a mailbox is here. */
export function mailboxAuditRoutes({ servers }: Administration): Route[] {
  return [
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
        schema: z.union([begunSchema, figuresSchema]),
      },
      async *handle({ id }) {
        const { name } = await servers.get(id);
        yield { server: name, condition: 'synchronising' };
        yield await servers.audit(id);
      },
    }),
  ];
}
