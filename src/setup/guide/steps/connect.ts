import { done, notYet, type Step } from '../step.ts';

/** A person’s consent. */
export const connect: Step = {
  name: 'connect',
  title: 'Connect',
  concerns: ({ guide }) => guide.grant !== 'client_credentials',
  instructions: ({ guide, profile }) => [
    {
      kind: 'text',
      text: guide.shared
        ? `Sign in as somebody who has Full Access to ${guide.address}. Letterbox keeps the grant alive from then on.`
        : `Sign in as ${guide.address}, not as yourself. Letterbox keeps the grant alive from then on.`,
    },
    ...(profile
      ? [
          guide.grant === 'device_code'
            ? {
                kind: 'page' as const,
                href: `/profiles/${profile.id}`,
                label: 'Open the profile and get a code',
              }
            : { kind: 'page' as const, href: `/profiles/${profile.id}/connect`, label: 'Connect' },
        ]
      : []),
  ],
  async look({ profile, eyes }, signal) {
    if (!profile) return notYet('First the client ID and the secret are entered');
    if (profile.state !== 'connected' && profile.connectedAt === null)
      return notYet('Nobody has consented yet');
    await eyes.token(profile, signal);
    return done(`Connected as ${profile.account?.username ?? 'an account without a name'}`);
  },
};
