import type { Use } from '../model/token.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { Authority } from './authority.ts';
import type { Resource } from './resource.ts';

/** The resources of all uses of a profile, each once. */
export function resourcesOf(profile: CredentialProfile, authority: Authority): Resource[] {
  const all = profile.uses.map((use: Use) => authority.resource(profile, use));
  return [...new Map(all.map((resource) => [resource.id, resource])).values()];
}

/** What a person is asked to consent to: everything, for every resource, at once. */
export function consentScope(profile: CredentialProfile, authority: Authority): string {
  const ofResources = resourcesOf(profile, authority).flatMap(({ scopes }) => scopes);
  return [...ofResources, ...authority.identityScopes(profile)].join(' ');
}

/** The first token after a consent: one resource, and who consented. */
export function firstScope(profile: CredentialProfile, authority: Authority, { scopes }: Resource): string {
  return [...scopes, ...authority.identityScopes(profile)].join(' ');
}

/** Every later token: one resource, and the next refresh token. Who consented is known by then. */
export function refreshScope(profile: CredentialProfile, authority: Authority, { scopes }: Resource): string {
  const renewing = authority.identityScopes(profile).filter((scope) => scope === 'offline_access');
  return [...scopes, ...renewing].join(' ');
}
