import { done, notYet, type Step } from '../step.ts';

/** The app at Google, or at another authority. */
export const client: Step = {
  name: 'client',
  title: 'Make a client at the provider',
  concerns: ({ guide }) => guide.provider !== 'microsoft',
  instructions: ({ guide, own, profile }) => [
    ...(guide.provider === 'google'
      ? [
          {
            kind: 'path' as const,
            path: [
              'console.cloud.google.com',
              'Google Auth Platform',
              'Clients',
              'Create client',
              'Web application',
            ],
          },
          {
            kind: 'text' as const,
            text: 'Under Audience choose Internal for a Google Workspace of your own; else set the publishing status to In production, since consents of a test end after seven days. Under Data access add the scope below.',
          },
          { kind: 'value' as const, label: 'Scope', value: 'https://mail.google.com/' },
        ]
      : [
          {
            kind: 'text' as const,
            text: 'Register a confidential client with the authorization code grant and refresh tokens.',
          },
        ]),
    { kind: 'value', label: 'Authorized redirect URI', value: own.redirectUri },
    ...(profile
      ? []
      : [
          {
            kind: 'page' as const,
            href: '/profiles/new',
            label: 'Enter its ID and secret in a credential profile',
          },
        ]),
  ],
  async look({ profile, eyes }) {
    if (!profile) return notYet('Its ID and secret are to be entered in a credential profile');
    const known = await eyes.isRegistered(profile).catch(() => null);
    return done(
      known
        ? 'The provider knows it, and takes the redirect URI'
        : `The client ${profile.clientId} is entered`,
    );
  },
};
