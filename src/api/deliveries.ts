import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { type Delivery, type DeliveryJson, deliveryStates } from '../model/delivery.ts';
import { validate } from '../resources/validation.ts';
import { deliverySchema, deliveryWithHistory, pageOf } from './answers.ts';
import { identifier, paging } from './paging.ts';
import { type Route, route, shown } from './route.ts';

const replayInput = z.union(
  [
    z.strictObject({ ids: z.array(z.string().min(1).max(100)).min(1).max(1000) }),
    z.strictObject({ state: z.literal('dead'), destinationId: identifier }),
  ],
  { error: '{ "ids": […] } with up to 1000 ids, or { "state": "dead" } and if wanted a "destinationId"' },
);

export function deliveryRoutes({ deliveries }: Administration): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/deliveries',
      operationId: 'listDeliveries',
      summary: 'Deliveries, newest first',
      query: z.strictObject({
        state: z.enum(deliveryStates).exactOptional(),
        destinationId: identifier,
        messageId: identifier,
        ...paging,
      }),
      answer: shown('The deliveries', pageOf(deliverySchema)),
      async handle({ query }) {
        const { items, next } = await deliveries.list(query);
        return { items: items.map(deliveryJson), next };
      },
    }),
    route({
      method: 'get',
      path: '/api/deliveries/:id',
      operationId: 'getDelivery',
      summary: 'One delivery, and what was answered at its latest attempts',
      answer: shown('The delivery; in `history` its attempts, the last one first', deliveryWithHistory),
      async handle({ id }) {
        const delivery = deliveryJson(await deliveries.get(id));
        return { ...delivery, history: await deliveries.attempts(id) };
      },
    }),
    route({
      method: 'post',
      path: '/api/deliveries/replay',
      operationId: 'replayDeliveries',
      summary:
        'Makes deliveries again, each under an id of its own that names the first: some, or all that are dead letters',
      body: replayInput,
      answer: shown(
        '`replayed`: how many; those still pending are tried at once, under their ids',
        z.object({ replayed: z.int().min(0) }),
      ),
      problems: ['not-found'],
      async handle({ body }) {
        const which = validate(replayInput, body);
        if ('ids' in which) for (const id of which.ids) await deliveries.get(id);
        return { replayed: await deliveries.replay(which) };
      },
    }),
  ];
}

function deliveryJson({ id, sequence, item, target, clockFrom: _, ...rest }: Delivery): DeliveryJson {
  return {
    id,
    sequence,
    itemKind: item.kind,
    messageId: item.id,
    targetKind: target.kind,
    destinationId: target.id,
    ...rest,
  };
}
