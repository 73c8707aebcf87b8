import type { Administration } from '../administration/administration.ts';
import { type Route, route, shown } from './route.ts';

export function overviewRoutes({ servers, deliveries, notices }: Administration): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/overview',
      summary: 'How everything stands',
      answer: shown(
        '`notices` that need a person, most urgent first; `servers`; `deliveries` counted by state',
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
