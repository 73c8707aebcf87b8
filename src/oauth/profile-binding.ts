import { isNamed } from '../resources/account-match.ts';
import { appFields } from '../resources/credential-profile/app-fields.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';

/** A change to one of these makes the present grant worth nothing. */
const bindingFields = [...appFields, 'authentication', 'grant', 'authorizationUrl', 'scopes'] as const;

/** Whether the grant is of another app, authority, scope or person than the profile now names. */
export function isUnbound(before: CredentialProfile, after: CredentialProfile): boolean {
  if (differs(before, after, bindingFields)) return true;
  if (after.uses.some((use) => !before.uses.includes(use))) return true;
  if (after.signInName === null || after.signInName === before.signInName) return false;
  return before.account === null || !isNamed(before.account, after.signInName);
}

/** What a consent is bound to, in one text: another one means another authority, app or scope. */
export function bindingOf(profile: CredentialProfile): string {
  return JSON.stringify(bindingFields.map((field) => profile[field]));
}

export function isAnotherApp(before: CredentialProfile, after: CredentialProfile): boolean {
  return differs(before, after, appFields);
}

function differs(
  before: CredentialProfile,
  after: CredentialProfile,
  fields: readonly (keyof CredentialProfile)[],
): boolean {
  return fields.some((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

/** What becomes of the grant of a profile that was changed; `renewed` when it was given a new credential. */
export function grantAfter(
  before: CredentialProfile,
  after: CredentialProfile,
  { unbound, renewed }: { unbound: boolean; renewed: boolean },
): Pick<CredentialProfile, 'state' | 'account' | 'problem' | 'connectedAt'> {
  if (after.authentication === 'password') return firstGrant(after);
  const otherWay = before.grant !== after.grant || before.authentication !== after.authentication;
  // A person must consent again; an app by itself is tried again.
  if (unbound && (otherWay || after.grant !== 'client_credentials')) return firstGrant(after);
  const { state, account, problem, connectedAt } = before;
  // What is wrong is told anew if it still is.
  if (state === 'failing') return { state: 'connected', account, problem: null, connectedAt };
  return { state, account, problem: state === 'connected' && renewed ? null : problem, connectedAt };
}

/** A password needs nobody's consent; everything else has yet to get its grant. */
export function firstGrant({ authentication }: CredentialProfile | { authentication: string }) {
  return authentication === 'password'
    ? ({ state: 'connected', account: null, problem: null, connectedAt: new Date().toISOString() } as const)
    : ({ state: 'consent-needed', account: null, problem: null, connectedAt: null } as const);
}
