import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { nothing, type Route, route, shown } from './route.ts';

/** What is done with a destination beside changing it. */
export function destinationRoutes({ destinations }: Administration): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/destinations/:id/rotate-secret',
      summary: 'Makes a new signing secret; the one before stays valid beside it for a day',
      operationId: 'rotateDestinationSecret',
      answer: shown('The new signing secret, this once', z.object({ signingSecret: z.string() })),
      problems: ['conflict'],
      handle: ({ id }) => destinations.rotateSecret(id),
    }),
    route({
      method: 'post',
      path: '/api/destinations/:id/switch-on',
      operationId: 'switchOnDestination',
      summary: 'Sends again to a destination that answered 410 Gone, also what waits for it',
      answer: nothing,
      handle: ({ id }) => destinations.switchOn(id),
    }),
  ];
}
