import type { AdapterPayload } from 'oidc-provider';
import type { LabApp } from './apps.ts';
import type { Refused } from './entra-errors.ts';
import type { Organisation } from './organisation.ts';
import { whyNotUsable } from './people.ts';
import { policiesFor, whyNoToken, whyNotSignedIn } from './policies.ts';
import { isExchange } from './resources.ts';

const day = 24 * 3_600_000;

/** Why an app may not be used at all, whoever it is used by; null when it may. */
export function whyNotUsed({ hasPrincipal, enabled }: LabApp): Refused | null {
  if (!hasPrincipal) return { code: 7000229 };
  return enabled ? null : { code: 7000112 };
}

/** Why nothing is given out for a resource; null when something is. */
export function whyNotFor(resource: string | undefined, { exchangeOnline }: Organisation): Refused | null {
  if (resource === undefined || !isExchange(resource) || exchangeOnline === 'subscribed') return null;
  return exchangeOnline === 'never' ? { code: 500011, parameter: resource } : { code: 500014 };
}

export interface Sought {
  app: LabApp;
  resource: string | undefined;
  /** Full names. */
  scopes: string[];
  grant: string;
}

/** Why an app that has shown who it is gets no token for itself; null when it does. */
export function whyNoAppToken({ app, resource }: Sought, organisation: Organisation): Refused | null {
  if (app.assigned && !app.assigned.has(app.clientId)) return { code: 501051 };
  const asking = { app: app.clientId, resources: resource === undefined ? [] : [resource], flow: '' };
  const code = whyNoToken(policiesFor(organisation.policies, asking), null, Date.now());
  return code === null ? null : { code };
}

/** Why an app gets no token on behalf of whoever stands behind a code or refresh token; null when it does. */
export function whyNoPersonsToken(
  { app, resource, scopes, grant }: Sought,
  { account, source }: { account: string; source: AdapterPayload },
  organisation: Organisation,
): Refused | null {
  const signIn = organisation.signIns.get(String(source.grantId)) ?? null;
  if (source.revoked) return { code: 50173 };
  // Tokens that were given to pages in browsers live no longer, however often they are renewed.
  const isOld = signIn !== null && Date.now() - signIn.at > day;
  if (grant === 'refresh_token' && app.platform === 'spa' && isOld) return { code: 700084 };
  const unusable = whyNotUsable(organisation.person(account));
  if (unusable !== null) return { code: unusable };
  if (app.assigned && !app.assigned.has(account.toLowerCase())) return { code: 50105 };
  if (scopes.some((scope) => app.withdrawn.has(scope))) return { code: 65001 };
  const resources = resource === undefined ? [] : [resource];
  const flow = grant.endsWith('device_code') ? 'device code' : '';
  const policies = policiesFor(organisation.policies, { account, resources, flow });
  const code = whyNoToken(policies, signIn, Date.now());
  return code === null ? null : { code };
}

/** Why a person may not sign in to an app in a browser; null when they may. */
export function whyNotLetIn(
  app: LabApp,
  account: string,
  asked: { resources: string[]; flow: string },
  organisation: Organisation,
): number | null {
  const person = organisation.person(account);
  const policies = policiesFor(organisation.policies, { account, ...asked });
  const notAssigned = app.assigned && !app.assigned.has(account.toLowerCase()) ? 50105 : null;
  return whyNotUsable(person) ?? notAssigned ?? whyNotSignedIn(policies, person);
}

/** Notes how a person signed in, and that they consented, as far as anybody withdrew it before. */
export function noteSignIn(
  app: LabApp,
  { account, grantId, scopes }: { account: string; grantId: string; scopes: string[] },
  { signIns, person }: Organisation,
): void {
  // Whoever has a second factor shows it when asked, and is asked now and then in any case.
  signIns.set(grantId, { at: Date.now(), secondFactor: person(account).hasSecondFactor });
  for (const scope of scopes) app.withdrawn.delete(scope);
}
