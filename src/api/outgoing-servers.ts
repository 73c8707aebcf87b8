import type { Administration } from '../administration/administration.ts';
import { outgoingTestInput } from '../administration/outgoing-servers.ts';
import { checkResult } from './answers.ts';
import { type Route, route } from './route.ts';

export function outgoingServerRoutes({ outgoingServers }: Administration): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/outgoing-servers/:id/test',
      operationId: 'testOutgoingServer',
      summary: 'Signs in, and sends a test mail if an address is given',
      body: outgoingTestInput,
      answer: {
        kind: 'lines',
        description: 'Each step as it ends, up to the first that fails',
        schema: checkResult,
      },
      handle: ({ id, body }) => outgoingServers.test(id, body),
    }),
  ];
}
