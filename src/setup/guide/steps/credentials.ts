import { daysLeft, expiryOf } from '../../../oauth/credential-expiry.ts';
import { done, notYet, type Step } from '../step.ts';

/** Client ID, tenant and secret, and the profile that they make. */
export const credentials: Step = {
  name: 'credentials',
  title: 'Overview, and Certificates & secrets',
  concerns: ({ guide }) => guide.provider === 'microsoft',
  instructions: () => [
    { kind: 'path', path: ['App registrations', 'your app', 'Overview'] },
    {
      kind: 'text',
      text: 'Copy the Application (client) ID and the Directory (tenant) ID. Any form will do: a GUID, a domain, or one of the URLs under Endpoints.',
    },
    { kind: 'path', path: ['Certificates & secrets', 'Client secrets', 'New client secret'] },
    {
      kind: 'text',
      text: 'Choose when it expires (24 months at most), press Add, and copy the Value, not the Secret ID. It is shown this once. When it expires cannot be seen from here: enter the date, and you are told in time.',
    },
  ],
  async look({ profile, eyes, guide }, signal) {
    if (!profile) return notYet('Client ID, tenant ID and secret are to be entered');
    const expiry = expiryOf(profile);
    const until = expiry ? `; it expires in ${daysLeft(expiry)} days` : '; when it expires is not known';
    if (guide.grant === 'client_credentials') {
      await eyes.token(profile, signal);
      return done(`Microsoft gives a token for them${until}`);
    }
    if (profile.state === 'connected') {
      await eyes.token(profile, signal);
      return done(`Microsoft takes them${until}`);
    }
    return done(`They are entered, and are tried when it is connected${until}`);
  },
};
