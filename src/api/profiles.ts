import type { Administration } from '../administration/administration.ts';
import { changesOf } from '../administration/changes.ts';
import { profileFields } from '../administration/profile-input.ts';
import { created, nothing, type Route, route, shown } from './route.ts';

export function profileRoutes({ profiles }: Administration): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/profiles',
      summary: 'All credential profiles',
      answer: shown('The profiles, without their secrets'),
      handle: () => profiles.list(),
    }),
    route({
      method: 'post',
      path: '/api/profiles',
      summary: 'Adds a credential profile',
      body: profileFields,
      answer: created('The profile'),
      handle: ({ body }) => profiles.create(body),
    }),
    route({
      method: 'get',
      path: '/api/profiles/:id',
      summary: 'One credential profile',
      answer: shown('The profile, without its secret'),
      handle: ({ id }) => profiles.get(id),
    }),
    route({
      method: 'patch',
      path: '/api/profiles/:id',
      summary: 'Changes a credential profile; what is left out stays',
      body: changesOf(profileFields),
      answer: shown('The profile as it is now'),
      handle: ({ id, body }) => profiles.update(id, body),
    }),
    route({
      method: 'delete',
      path: '/api/profiles/:id',
      summary: 'Removes a credential profile that no server uses, with its tokens',
      answer: nothing,
      handle: ({ id }) => profiles.remove(id),
    }),
  ];
}
