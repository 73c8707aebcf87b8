import type { Administration } from '../administration/administration.ts';
import { outgoingServerChanges, outgoingServerInput } from '../administration/outgoing-server-input.ts';
import { outgoingTestInput } from '../administration/outgoing-servers.ts';
import { created, nothing, type Route, route, shown } from './route.ts';

export function outgoingServerRoutes({ outgoingServers }: Administration): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/outgoing-servers',
      summary: 'All outgoing email servers',
      answer: shown('The outgoing servers'),
      handle: () => outgoingServers.list(),
    }),
    route({
      method: 'post',
      path: '/api/outgoing-servers',
      summary: 'Adds an outgoing email server',
      body: outgoingServerInput,
      answer: created('The outgoing server'),
      handle: ({ body }) => outgoingServers.create(body),
    }),
    route({
      method: 'get',
      path: '/api/outgoing-servers/:id',
      summary: 'One outgoing email server',
      answer: shown('The outgoing server'),
      handle: ({ id }) => outgoingServers.get(id),
    }),
    route({
      method: 'patch',
      path: '/api/outgoing-servers/:id',
      summary: 'Changes an outgoing email server; what is left out stays',
      body: outgoingServerChanges,
      answer: shown('The outgoing server as it is now'),
      handle: ({ id, body }) => outgoingServers.update(id, body),
    }),
    route({
      method: 'delete',
      path: '/api/outgoing-servers/:id',
      summary: 'Removes an outgoing email server with its mails here, sent or not',
      answer: nothing,
      handle: ({ id }) => outgoingServers.remove(id),
    }),
    route({
      method: 'post',
      path: '/api/outgoing-servers/:id/test',
      summary: 'Signs in, and sends a test mail if an address is given',
      body: outgoingTestInput,
      answer: { kind: 'lines', description: 'Each step as it ends, up to the first that fails' },
      handle: ({ id, body }) => outgoingServers.test(id, body),
    }),
  ];
}
