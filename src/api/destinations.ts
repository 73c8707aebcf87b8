import type { Administration } from '../administration/administration.ts';
import { nothing, type Route, route, shown } from './route.ts';

/** What is done with a destination beside changing it. */
export function destinationRoutes({ destinations }: Administration): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/destinations/:id/rotate-secret',
      summary: 'Makes a new signing secret; the one before stays valid beside it for a day',
      answer: shown('The new signing secret, this once'),
      handle: ({ id }) => destinations.rotateSecret(id),
    }),
    route({
      method: 'post',
      path: '/api/destinations/:id/switch-on',
      summary: 'Sends again to a destination that answered 410 Gone, also what waits for it',
      answer: nothing,
      handle: ({ id }) => destinations.switchOn(id),
    }),
  ];
}
