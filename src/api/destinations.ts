import type { Administration } from '../administration/administration.ts';
import { destinationChanges, destinationInput } from '../administration/destination-input.ts';
import { created, nothing, type Route, route, shown } from './route.ts';

export function destinationRoutes({ destinations }: Administration): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/destinations',
      summary: 'All destinations',
      answer: shown('The destinations, without their secrets'),
      handle: () => destinations.list(),
    }),
    route({
      method: 'post',
      path: '/api/destinations',
      summary: 'Adds a destination',
      body: destinationInput,
      answer: created('The destination, and this once its signing secret if its kind has one'),
      handle: ({ body }) => destinations.create(body),
    }),
    route({
      method: 'get',
      path: '/api/destinations/:id',
      summary: 'One destination',
      answer: shown('The destination, without its secret'),
      handle: ({ id }) => destinations.get(id),
    }),
    route({
      method: 'patch',
      path: '/api/destinations/:id',
      summary: 'Changes a destination; what is left out stays',
      body: destinationChanges,
      answer: shown('The destination as it is now'),
      handle: ({ id, body }) => destinations.update(id, body),
    }),
    route({
      method: 'delete',
      path: '/api/destinations/:id',
      summary: 'Removes a destination with its deliveries',
      answer: nothing,
      handle: ({ id }) => destinations.remove(id),
    }),
    route({
      method: 'post',
      path: '/api/destinations/:id/rotate-secret',
      summary: 'Makes a new signing secret; the one before stays valid beside it for a day',
      answer: shown('The new signing secret, this once'),
      handle: ({ id }) => destinations.rotateSecret(id),
    }),
  ];
}
