import type { Administration } from '../administration/administration.ts';
import { notificationInput } from '../administration/administrator-notifications.ts';
import { type Route, route, shown } from './route.ts';

export function administratorNotificationRoutes({ administratorNotifications }: Administration): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/notifications',
      summary: 'Who is told when something needs a person, and how',
      answer: shown('The settings'),
      handle: () => administratorNotifications.get(),
    }),
    route({
      method: 'patch',
      path: '/api/notifications',
      summary: 'Changes who is told; what is left out stays',
      body: notificationInput,
      answer: shown('The settings as they are now'),
      handle: ({ body }) => administratorNotifications.update(body),
    }),
  ];
}
