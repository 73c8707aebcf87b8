import type { LabApp } from './apps.ts';
import type { Faults } from './faults.ts';
import { readScopes } from './resources.ts';
import type { Tenant } from './tenants.ts';

export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code';

/** What went wrong with a request, as Entra's code. */
export interface Refused {
  code: number;
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
  if (grant !== 'authorization_code' && grant !== deviceCodeGrant && scope === '') return { code: 900144 };
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
