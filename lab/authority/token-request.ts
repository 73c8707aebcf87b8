import type { LabApp } from './apps.ts';
import type { Refused } from './entra-errors.ts';
import type { Faults } from './faults.ts';
import { readScopes } from './resources.ts';
import type { Tenant } from './tenants.ts';

export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code';

/** What a request must hold, by its grant type; also which grants there are. */
const required: Record<string, string[]> = {
  authorization_code: ['code', 'redirect_uri'],
  refresh_token: ['refresh_token', 'scope'],
  client_credentials: ['scope'],
  [deviceCodeGrant]: ['device_code'],
};

/** What is wrong with a token request before anybody looks at who sent it; null when nothing is. */
export function whyMalformed(form: URLSearchParams, clientId: string): Refused | null {
  const grant = form.get('grant_type') ?? '';
  if (grant === '') return { code: 900144, parameter: 'grant_type' };
  const names = Object.hasOwn(required, grant) ? required[grant] : undefined;
  if (!names) return { code: 70003 };
  if (clientId === '') return { code: 900144, parameter: 'client_id' };
  const parameter = names.find((name) => !form.get(name));
  return parameter === undefined ? null : { code: 900144, parameter };
}

/**
 * Entra's token request as the provider understands it: client authentication is done, and the one resource is
 * named by RFC 8707 instead of by the scopes.
 */
export function translateTokenRequest(
  form: URLSearchParams,
  app: LabApp,
  { kind }: Tenant,
  faults: Faults,
): URLSearchParams | Refused {
  const grant = form.get('grant_type');
  const scope = form.get('scope') ?? '';
  if (grant === 'client_credentials' && (kind === 'common' || kind === 'consumers')) return { code: 9001023 };
  const asked = readScopes(scope);
  if ('code' in asked) return asked;
  const [resource, another] = asked.resources;
  if (another !== undefined) return { code: 28000 };
  if (grant === 'client_credentials' && scope !== `${resource}/.default`) return { code: 1002012 };
  const refused = resource === undefined ? undefined : faults.refusedResources[resource];
  if (refused !== undefined) return { code: refused };

  const translated = authenticated(form, app);
  translated.set('scope', asked.scopes.join(' '));
  if (scope === '') translated.delete('scope');
  if (resource !== undefined) translated.set('resource', resource);
  return translated;
}

/** As the provider knows the app: Entra's endpoint for device codes asks for no credential at all. */
export function translateDeviceRequest(
  form: URLSearchParams,
  app: LabApp,
  { kind }: Tenant,
): URLSearchParams | Refused {
  const asked = readScopes(form.get('scope') ?? '');
  if ('code' in asked) return asked;
  // As clients of Entra report; its documentation allows several at the authorize endpoint only.
  if (asked.resources.length > 1) return { code: 28000 };
  const translated = authenticated(form, app);
  translated.set('scope', asked.scopes.join(' '));
  translated.set('tenant', kind);
  // Without it the standard has no refresh tokens.
  translated.set('prompt', 'consent');
  for (const resource of asked.resources) translated.append('resource', resource);
  return translated;
}

function authenticated(form: URLSearchParams, app: LabApp): URLSearchParams {
  const translated = new URLSearchParams(form);
  for (const name of ['client_assertion', 'client_assertion_type', 'client_info', 'claims'])
    translated.delete(name);
  translated.set('client_id', app.clientId);
  translated.set('client_secret', app.internalSecret);
  return translated;
}
