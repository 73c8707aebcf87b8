import type { Administration } from '../administration/administration.ts';
import { certificateOf } from '../administration/profile-certificate.ts';
import { recordSchema } from './resource-schemas.ts';
import { type Route, route, shown } from './route.ts';

/** The certificate of a profile's app. */
export function certificateRoutes({ profiles }: Administration): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/profiles/:id/certificate',
      operationId: 'getProfileCertificate',
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
      operationId: 'renewProfileCertificate',
      summary:
        'Makes a new key and certificate; the former one stays in use until the authority knows the new one',
      answer: shown('The profile with its new public certificate', recordSchema(profiles.resource, 'read')),
      problems: ['conflict'],
      handle: ({ id }) => profiles.renewCertificate(id),
    }),
  ];
}
