import type { Problem, ProblemKind } from '../../../model/problem.ts';
import type { Authority } from '../../authority.ts';
import type { Refusal } from '../../refusal.ts';
import { concernsResource, explainStandard } from '../../standard-errors.ts';
import { tokenEndpoint } from './hosts.ts';

/** The one scope for IMAP, POP and SMTP (Google: Gmail XOAUTH2 protocol). */
const mail = 'https://mail.google.com/';
const identityScopes = ['openid', 'email', 'profile'];

/** Google, for Gmail and Google Workspace. */
export const google: Authority = {
  configuration: async (...asked) => (await import('./configuration.ts')).configuration(...asked),

  tokenUrl: () => new URL(tokenEndpoint),

  resource: ({ scopes }) => {
    const asked = scopes.filter((scope) => !identityScopes.includes(scope));
    return { id: mail, scopes: asked.length > 0 ? asked : [mail] };
  },

  identityScopes: () => identityScopes,

  // Google's own rule: without both a second consent brings no refresh token (Google: OAuth 2.0 for web server
  // applications). There `consent` locks nobody out; the account is chosen each time.
  authorizationParameters: (profile) => ({
    access_type: 'offline',
    prompt: 'consent select_account',
    ...(profile.signInName && { login_hint: profile.signInName }),
  }),

  refreshTokenRemedy:
    'Remove the app’s access at https://myaccount.google.com/connections as this account, then connect again.',

  explain: explainGoogle,
  concernsResource,
  saysWhy: () => false,
};

/** What Google means beyond the standard (Google: OAuth 2.0, refresh token expiration and authorization errors). */
const meanings: Record<string, { kind: ProblemKind; cause: string; remedy: string }> = {
  invalid_grant: {
    kind: 'consent',
    cause:
      'The person removed the access or changed the password, it was not used for six months, or the app’s publishing status is Testing, whose consents end after seven days.',
    remedy:
      'In the Google Cloud console open Google Auth Platform > Audience and set the publishing status to In production, then press Reconnect on the profile.',
  },
  admin_policy_enforced: {
    kind: 'refused',
    cause: 'The administrator of this Google Workspace does not let its people use the app.',
    remedy:
      'In the Google Admin console open Security > API controls > App access control and trust the app by its client ID.',
  },
  org_internal: {
    kind: 'refused',
    cause: 'The app is for accounts of its own organisation only.',
    remedy: 'Sign in with an account of that organisation, or set the user type to External.',
  },
  deleted_client: {
    kind: 'credentials',
    cause: 'The client was deleted in the Google Cloud console.',
    remedy: 'Make a new client there and enter its ID and secret in the profile.',
  },
};

function explainGoogle(refusal: Refusal): Problem | null {
  const meaning = Object.hasOwn(meanings, refusal.error) ? meanings[refusal.error] : undefined;
  if (!meaning) return null;
  return explainStandard(refusal, Object.keys(meanings)).with({ retry: 'no', ...meaning });
}
