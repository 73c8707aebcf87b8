import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { validate } from '../resources/validation.ts';

import { identifier, paging } from './paging.ts';
import { type Route, route, shown } from './route.ts';

const replayInput = z.union(
  [
    z.strictObject({ ids: z.array(z.string().min(1).max(100)).min(1).max(1000) }),
    z.strictObject({ state: z.literal('dead'), destinationId: identifier }),
  ],
  { error: '{ "ids": […] } with up to 1000 ids, or { "state": "dead" } and if wanted a "destinationId"' },
);

export function deliveryRoutes({ deliveries, destinations, outgoingServers }: Administration): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/deliveries',
      summary: 'Deliveries, newest first',
      query: z.strictObject({
        state: z.enum(['pending', 'delivered', 'dead']).exactOptional(),
        destinationId: identifier,
        messageId: identifier,
        ...paging,
      }),
      answer: shown('`items`, and `next` to ask for the page after them, null at the end'),
      handle: ({ query }) => deliveries.list(query),
    }),
    route({
      method: 'get',
      path: '/api/deliveries/:id',
      summary: 'One delivery',
      answer: shown('The delivery'),
      handle: ({ id }) => deliveries.get(id),
    }),
    route({
      method: 'post',
      path: '/api/deliveries/replay',
      summary: 'Makes deliveries again, under the same ids: some, or all that are dead letters',
      body: replayInput,
      answer: shown('`replayed`: how many; those still pending are left as they are'),
      async handle({ body }) {
        const which = validate(replayInput, body);
        if ('ids' in which) for (const id of which.ids) await deliveries.get(id);
        else if (which.destinationId?.startsWith('ogs_')) await outgoingServers.get(which.destinationId);
        else if (which.destinationId !== undefined) await destinations.get(which.destinationId);
        return { replayed: await deliveries.replay(which) };
      },
    }),
  ];
}
