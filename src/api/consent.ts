import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { otherWay } from '../administration/consent-problems.ts';
import { consentState } from './answers.ts';
import { recordSchema } from './resource-schemas.ts';
import { type Route, route, shown } from './route.ts';

/** *Connect*, for whoever is not a browser. */
export function consentRoutes({ profiles, consent }: Administration): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/profiles/:id/connect',
      operationId: 'connectProfile',
      summary:
        'Connects an app-only profile at once; for others says what a person must open in a browser, signed in to the console. For device codes see /device-code',
      answer: shown(
        'The profile; `url` to open, or null where nobody need consent; `asked`, to tell this consent from earlier ones',
        z.object({
          profile: recordSchema(profiles.resource, 'read'),
          url: z.string().nullable(),
          asked: z.iso.datetime(),
        }),
      ),
      problems: ['conflict', 'credentials', 'throttled'],
      async handle({ id }) {
        const asked = new Date().toISOString();
        const profile = await profiles.get(id);
        if (profile.grant === 'device_code') throw otherWay(profile);
        if (profile.authentication === 'password' || profile.grant === 'client_credentials')
          return { profile: await profiles.authorize(id), url: null, asked };
        return { profile, url: new URL(`/profiles/${id}/connect`, consent.redirectUri).href, asked };
      },
    }),
    route({
      method: 'get',
      path: '/api/profiles/:id/consent',
      operationId: 'getProfileConsent',
      summary: 'How the consent that was begun last for a profile stands',
      answer: shown(
        'When it was begun and its outcome, null while it is under way; or null when there is none',
        consentState.nullable(),
      ),
      async handle({ id }) {
        await profiles.get(id);
        return consent.latest(id);
      },
    }),
  ];
}
