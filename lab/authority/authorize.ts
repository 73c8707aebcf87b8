import type { LabApp } from './apps.ts';
import { entraError, type Refused } from './entra-errors.ts';
import { whyNotFor } from './issuing.ts';
import type { Organisation } from './organisation.ts';
import { readScopes } from './resources.ts';

/**
 * Entra's authorization request as the provider understands it: resources are named by RFC 8707 instead of by
 * scopes, of which there may be several; and every authorization shows the sign-in page, whose one button also
 * consents (`select_account` is Entra's word). An error is where to send the browser back, or a code for a page.
 */
export function translateAuthorization(
  url: URL,
  tenantKind: string,
  app: LabApp,
  organisation: Organisation,
): { url: URL } | { back: URL } | Refused {
  if (app.redirectUris.length === 0) return { code: 500113 };
  if (!app.redirectUris.includes(url.searchParams.get('redirect_uri') ?? '')) return { code: 50011 };
  const asked = readScopes(url.searchParams.get('scope') ?? '');
  if ('code' in asked) return sentBack(url, asked);
  // Nobody stays signed in at the lab.
  if (url.searchParams.get('prompt') === 'none') return sentBack(url, { code: 50058 });
  const notThere = asked.resources.map((resource) => whyNotFor(resource, organisation)).find(Boolean);
  // In the browser Entra has words of its own for it.
  if (notThere) return notThere.code === 500011 ? sentBack(url, { code: 650052 }) : notThere;
  const translated = new URL(url);
  const { searchParams } = translated;
  searchParams.set('scope', asked.scopes.join(' '));
  searchParams.set('prompt', 'login consent');
  searchParams.set('tenant', tenantKind);
  for (const resource of asked.resources) searchParams.append('resource', resource);
  return { url: translated };
}

/** To an address that is the app's own. */
function sentBack(url: URL, refused: Refused): { back: URL } {
  const { error, error_description } = entraError(refused);
  const back = new URL(url.searchParams.get('redirect_uri') ?? '');
  back.searchParams.set('error', error);
  back.searchParams.set('error_description', error_description);
  back.searchParams.set('state', url.searchParams.get('state') ?? '');
  return { back };
}
