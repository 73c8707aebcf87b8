import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { quarantinedSchema } from './answers.ts';
import { nothing, type Route, route, shown } from './route.ts';

export function quarantineRoutes({ quarantine }: Administration): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/quarantine',
      operationId: 'listQuarantine',
      summary: 'Messages that could not be taken the normal way',
      answer: shown('The entries, each with server, position and reason', z.array(quarantinedSchema)),
      handle: () => quarantine.list(),
    }),
    route({
      method: 'post',
      path: '/api/quarantine/:id/process',
      operationId: 'processQuarantined',
      summary: 'Takes the message again, the normal way',
      answer: nothing,
      problems: ['conflict', 'gone', 'message', 'unavailable', 'busy'],
      handle: ({ id }) => quarantine.process(id),
    }),
    route({
      method: 'post',
      path: '/api/quarantine/:id/dismiss',
      operationId: 'dismissQuarantined',
      summary: 'Ends the entry',
      answer: nothing,
      handle: ({ id }) => quarantine.dismiss(id),
    }),
  ];
}
