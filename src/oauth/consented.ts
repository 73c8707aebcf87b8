import type { TokenEndpointResponse, TokenEndpointResponseHelpers } from 'openid-client';
import type { ConsentedAccount } from '../model/credential-profile.ts';
import { Problem } from '../model/problem.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { Authority } from './authority.ts';
import type { Resource } from './resource.ts';
import { firstScope, resourcesOf } from './scope.ts';
import { type TokenSet, withAnswer } from './token-set.ts';

/** What a person's consent brought. */
export interface Consented {
  tokens: TokenSet;
  /** By the identity token; null where none was asked for. */
  account: ConsentedAccount | null;
}

/**
 * What the first token after a consent is for; those for other resources are had when they are needed. Where there
 * are several, `parameters` say which (Microsoft's extension, as RFC 8707 has `resource`).
 */
export function firstToken(
  profile: CredentialProfile,
  authority: Authority,
): { resource: Resource; parameters: { scope?: string } } {
  const [resource = { id: '', scopes: [] }, ...others] = resourcesOf(profile, authority);
  return {
    resource,
    parameters: others.length > 0 ? { scope: firstScope(profile, authority, resource) } : {},
  };
}

/** Throws `oauth.no-refresh-token`. */
export function toConsented(
  authority: Authority,
  resource: Resource,
  answer: TokenEndpointResponse & TokenEndpointResponseHelpers,
): Consented {
  if (!answer.refresh_token)
    throw new Problem({
      code: 'oauth.no-refresh-token',
      kind: 'refused',
      title: 'The authority gave no refresh token',
      cause: 'Without one the consent would end within the hour.',
      remedy: authority.refreshTokenRemedy,
    });
  return { tokens: withAnswer(null, resource.id, answer, null), account: accountOf(answer.claims()) };
}

/** A sign-in name and a mail address may differ: all names of the account are kept. */
function accountOf(claims: Record<string, unknown> | undefined): ConsentedAccount | null {
  if (!claims) return null;
  const text = (name: string) => (typeof claims[name] === 'string' ? claims[name] : null);
  const names = ['preferred_username', 'upn', 'email'].map(text).filter((name) => name !== null);
  const subject = String(claims.sub);
  const [username = subject, ...others] = [...new Set(names)];
  const aliases = others.filter((name) => name.toLowerCase() !== username.toLowerCase());
  return {
    username,
    ...(aliases.length > 0 && { aliases }),
    name: text('name'),
    subject,
    tenant: text('tid'),
  };
}
