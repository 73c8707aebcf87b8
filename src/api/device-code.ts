import type { Administration } from '../administration/administration.ts';
import { deviceSignIn } from './answers.ts';
import { created, nothing, type Route, route, shown } from './route.ts';

/** *Connect* by a code that a person enters elsewhere. */
export function deviceCodeRoutes({ deviceCode }: Administration): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/profiles/:id/device-code',
      operationId: 'beginDeviceCode',
      summary: 'Gets a code that a person enters elsewhere (RFC 8628); one under way is given up',
      answer: created('`userCode`, to be entered at `verificationUri` before `expiresAt`', deviceSignIn),
      problems: ['conflict', 'credentials', 'throttled'],
      handle: ({ id }) => deviceCode.begin(id),
    }),
    route({
      method: 'get',
      path: '/api/profiles/:id/device-code',
      operationId: 'getDeviceCode',
      summary: 'How the sign-in by a code that was begun last stands',
      answer: shown(
        'The code and its outcome, null while nobody has answered; or null when there is none',
        deviceSignIn.nullable(),
      ),
      handle: ({ id }) => deviceCode.state(id),
    }),
    route({
      method: 'delete',
      path: '/api/profiles/:id/device-code',
      operationId: 'cancelDeviceCode',
      summary: 'Gives up a sign-in by a code',
      answer: nothing,
      handle: ({ id }) => deviceCode.cancel(id),
    }),
  ];
}
