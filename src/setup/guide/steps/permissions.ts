import { missingPermissions } from '../needs.ts';
import { done, notYet, type Step, wrong } from '../step.ts';

export const permissions: Step = {
  name: 'permissions',
  title: 'API permissions, and Grant admin consent',
  concerns: ({ guide }) => guide.provider === 'microsoft',
  instructions({ guide, profile, own }) {
    const { api, kind, names } = missingPermissions(guide, null);
    return [
      {
        kind: 'path',
        path: ['App registrations', 'your app', 'API permissions', 'Add a permission', api, kind],
      },
      ...names.map((value) => ({ kind: 'value' as const, label: 'Permission', value })),
      {
        kind: 'text',
        text:
          guide.grant === 'client_credentials'
            ? 'Then press Grant admin consent: without it the app has none of them.'
            : 'Then press Grant admin consent, where your organisation lets only administrators consent. To do it from here, the redirect URI below has to be registered as well.',
      },
      ...(guide.grant === 'client_credentials'
        ? []
        : [
            { kind: 'value' as const, label: 'Redirect URI of administrators', value: own.adminRedirectUri },
            ...(profile
              ? [
                  {
                    kind: 'page' as const,
                    href: `/profiles/${profile.id}/admin-consent`,
                    label: 'Consent as an administrator',
                  },
                ]
              : []),
          ]),
    ];
  },
  async look({ guide, profile, eyes }, signal) {
    if (!profile) return notYet('It is seen in the token, once there is one');
    if (guide.grant !== 'client_credentials' && profile.state !== 'connected')
      return notYet('It is seen in the token, once the profile is connected');
    const claims = await eyes.token(profile, signal);
    if (!claims) return done('There is a token; what is in it only the mail server can read');
    const { missing } = missingPermissions(guide, claims);
    if (missing.length > 0) return wrong(`Missing from the token: ${missing.join(', ')}`);
    return done(`In the token: ${[...claims.scopes, ...claims.roles].join(', ')}`);
  },
};
