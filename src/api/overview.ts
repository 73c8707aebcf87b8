import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { deliveryCounts, noticeSchema } from './answers.ts';
import { recordSchema } from './resource-schemas.ts';
import { type Route, route, shown } from './route.ts';

export function overviewRoutes({ servers, deliveries, notices }: Administration): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/overview',
      operationId: 'getOverview',
      summary: 'How everything stands',
      answer: shown(
        '`notices` that need a person, most urgent first; `servers`; `deliveries` counted by state',
        z.object({
          notices: z.array(noticeSchema),
          servers: z.array(recordSchema(servers.resource, 'read')),
          deliveries: deliveryCounts,
        }),
      ),
      async handle() {
        return {
          notices: await notices(),
          servers: await servers.list(),
          deliveries: await deliveries.counts(),
        };
      },
    }),
  ];
}
