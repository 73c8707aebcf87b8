import type { Administration } from '../administration/administration.ts';
import { changesOf } from '../administration/changes.ts';
import { certificateOf } from '../administration/profile-certificate.ts';
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
      method: 'get',
      path: '/api/profiles/:id/certificate',
      summary: 'The public certificate that the profile’s app is known by, to be given to the authority',
      answer: { kind: 'bytes', contentType: 'application/x-pem-file', description: 'PEM' },
      async handle({ id, c }) {
        return c.body(certificateOf(await profiles.get(id)).pem, 200, {
          'content-type': 'application/x-pem-file',
          'content-disposition': 'attachment; filename="letterbox.pem"',
        });
      },
    }),
    route({
      method: 'post',
      path: '/api/profiles/:id/certificate',
      summary:
        'Makes a new key and certificate; the former one stays in use until the authority knows the new one',
      answer: shown('The profile with its new public certificate'),
      handle: ({ id }) => profiles.renewCertificate(id),
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
