import type { Administration } from '../administration/administration.ts';
import { notificationInput } from '../administration/notifications.ts';
import { type Route, route, shown } from './route.ts';

export function notificationRoutes({ notifications }: Administration): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/notifications',
      summary: 'Who is told when something needs a person, and how',
      answer: shown('The settings'),
      handle: () => notifications.get(),
    }),
    route({
      method: 'patch',
      path: '/api/notifications',
      summary: 'Changes who is told; what is left out stays',
      body: notificationInput,
      answer: shown('The settings as they are now'),
      handle: ({ body }) => notifications.update(body),
    }),
  ];
}
