import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { type Route, route, shown } from './route.ts';

/** The secret that a destination signs with. */
export function signingSecretRoutes({ destinations }: Administration): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/destinations/:id/rotate-secret',
      operationId: 'rotateDestinationSecret',
      summary: 'Makes a new signing secret; the one before stays valid beside it for a day',
      answer: shown('The new signing secret, this once', z.object({ signingSecret: z.string() })),
      problems: ['conflict'],
      handle: ({ id }) => destinations.rotateSecret(id),
    }),
  ];
}
