import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { checkResult, diagnosis } from './answers.ts';
import { type Route, route } from './route.ts';

/** What is wrong with incoming email servers, and what mends it. */
export function doctorRoutes({ doctor }: Administration): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/servers/:id/examine',
      operationId: 'examineServer',
      summary: 'Tests the connection, from the network to what takes the mail, and says what is wrong',
      answer: {
        kind: 'lines',
        description: 'Each check as it ends, then what they come to',
        schema: z.union([checkResult, z.object({ diagnosis })]),
      },
      handle: ({ id }) => doctor.server(id),
    }),
    route({
      method: 'post',
      path: '/api/doctor',
      operationId: 'examineAll',
      summary: 'Examines every incoming email server that is not paused',
      answer: {
        kind: 'lines',
        description: 'What each comes to',
        schema: z.object({ server: z.object({ id: z.string(), name: z.string() }), diagnosis }),
      },
      handle: () => doctor.all(),
    }),
  ];
}
