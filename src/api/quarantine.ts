import type { Administration } from '../administration/administration.ts';
import { nothing, type Route, route, shown } from './route.ts';

export function quarantineRoutes({ quarantine }: Administration): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/quarantine',
      summary: 'Messages that could not be taken the normal way',
      answer: shown('The entries, each with server, position and reason'),
      handle: () => quarantine.list(),
    }),
    route({
      method: 'post',
      path: '/api/quarantine/:id/process',
      summary: 'Takes the message again, the normal way',
      answer: nothing,
      handle: ({ id }) => quarantine.process(id),
    }),
    route({
      method: 'post',
      path: '/api/quarantine/:id/dismiss',
      summary: 'Ends the entry',
      answer: nothing,
      handle: ({ id }) => quarantine.dismiss(id),
    }),
  ];
}
