import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { restrictionInput } from '../administration/mailbox-access.ts';
import { restrictionProof, setupStep } from './answers.ts';
import { type Route, route, shown } from './route.ts';

export function mailboxAccessRoutes({ mailboxAccess }: Administration): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/servers/:id/access',
      operationId: 'getServerAccess',
      summary: 'How an app is given access to this mailbox, and the latest proof that it reaches no other',
      answer: shown(
        'Commands of Exchange Online PowerShell by step; the proof, or null',
        z.object({ setup: z.array(setupStep), restriction: restrictionProof.nullable() }),
      ),
      handle: async ({ id }) => ({
        setup: await mailboxAccess.setup(id),
        restriction: await mailboxAccess.restriction(id),
      }),
    }),
    route({
      method: 'post',
      path: '/api/servers/:id/access/proof',
      operationId: 'proveServerRestriction',
      summary: 'Tries another mailbox with this server’s access, which must be refused',
      body: restrictionInput,
      answer: shown('Whether it was refused, and when', restrictionProof),
      problems: ['conflict'],
      handle: ({ id, body }) => mailboxAccess.proveRestriction(id, body),
    }),
  ];
}
