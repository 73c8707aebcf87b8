import type { Administration } from '../administration/administration.ts';
import { type Route, route, shown } from './route.ts';

/** *Connect*, for whoever is not a browser. */
export function consentRoutes({ profiles, consent }: Administration): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/profiles/:id/connect',
      summary:
        'Connects an app-only profile at once; for others says what a person must open in a browser, signed in to the console',
      answer: shown(
        'The profile; `url` to open, or null where nobody need consent; `asked`, to tell this consent from earlier ones',
      ),
      async handle({ id }) {
        const asked = new Date().toISOString();
        const profile = await profiles.get(id);
        if (profile.grant === 'client_credentials')
          return { profile: await profiles.authorize(id), url: null, asked };
        return { profile, url: new URL(`/profiles/${id}/connect`, consent.redirectUri).href, asked };
      },
    }),
    route({
      method: 'get',
      path: '/api/profiles/:id/consent',
      summary: 'How the consent that was begun last for a profile stands',
      answer: shown(
        'When it was begun and its outcome, null while it is under way; or null when there is none',
      ),
      async handle({ id }) {
        await profiles.get(id);
        return consent.latest(id);
      },
    }),
  ];
}
