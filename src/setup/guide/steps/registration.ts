import { done, notYet, type Step, unseen } from '../step.ts';

const accountTypes =
  'Supported account types: “Accounts in this organizational directory only” (single tenant) fits mailboxes of your own organisation, and is the safe choice. “Any organizational directory” is for mailboxes of other organisations as well; “…and personal Microsoft accounts” for Outlook.com too. Which one was chosen cannot be seen from here: look under Authentication > Supported accounts.';

export const registration: Step = {
  name: 'registration',
  title: 'App registrations > New registration',
  concerns: ({ guide }) => guide.provider === 'microsoft',
  instructions: ({ guide, own }) => [
    { kind: 'path', path: ['entra.microsoft.com', 'App registrations', 'New registration'] },
    { kind: 'value', label: 'Name', value: `Letterbox ${guide.name}` },
    { kind: 'text', text: accountTypes },
    ...(guide.grant === 'authorization_code'
      ? [
          { kind: 'text' as const, text: 'Redirect URI: choose the platform Web, and enter exactly:' },
          { kind: 'value' as const, label: 'Redirect URI', value: own.redirectUri },
        ]
      : [{ kind: 'text' as const, text: 'Redirect URI: leave it empty; nobody signs in by it.' }]),
    ...(guide.grant === 'device_code'
      ? [
          {
            kind: 'text' as const,
            text: 'Afterwards, under Authentication > Advanced settings, set Allow public client flows to Yes.',
          },
        ]
      : []),
    { kind: 'text', text: 'Press Register.' },
  ],
  async look({ guide, profile, eyes }) {
    if (!profile) return notYet('It is seen once the client ID is entered, in the next step');
    if (guide.grant !== 'authorization_code') return done(`The app ${profile.clientId} is entered`);
    const known = await eyes.isRegistered(profile);
    if (known === null || !known)
      return unseen('The authority does not say whether it knows app and redirect URI');
    return done('Microsoft knows the app, and takes the redirect URI');
  },
};
