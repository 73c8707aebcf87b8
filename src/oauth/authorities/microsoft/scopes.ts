import type { Use } from '../../../model/token.ts';
import type { CredentialProfile } from '../../../resources/credential-profile/record.ts';
import type { Resource } from '../../resource.ts';
import { type CloudNames, cloudNames } from './clouds.ts';
import { isOfPersonalAccounts } from './endpoints.ts';
import { identityScopes, permissionsOf } from './permissions.ts';

/** What a token for a use is for: as the profile's scopes say, or by default everything that its uses need there. */
export function microsoftResource(profile: CredentialProfile, use: Use): Resource {
  const names = cloudNames[profile.cloud];
  return ownResource(profile, use, names) ?? defaultResource(profile, use, names);
}

function defaultResource(profile: CredentialProfile, use: Use, names: CloudNames): Resource {
  if (profile.grant === 'client_credentials') {
    // An app by itself asks for all it was granted, by one name of Exchange Online whatever the protocol.
    const id = isOfGraph(use) ? names.graph : names.exchange;
    return { id, scopes: [`${id}/.default`] };
  }
  const id = names[permissionsOf(use).of];
  const permissions = profile.uses
    .filter((other) => names[permissionsOf(other).of] === id)
    .flatMap((other) => permissionsOf(other).delegated)
    // Personal mailboxes are not shared.
    .filter((permission) => !isOfPersonalAccounts(profile) || !permission.endsWith('.Shared'));
  return { id, scopes: permissions.map((permission) => `${id}/${permission}`) };
}

/** From the profile's own scopes those of the use's resource; null where they name none. */
function ownResource(profile: CredentialProfile, use: Use, names: CloudNames): Resource | null {
  const groups = resourcesNamed(profile.scopes, names).filter(({ id }) => isGraph(id) === isOfGraph(use));
  const fitting = groups.find(({ scopes }) => scopes.some((scope) => grants(scope, use)));
  return fitting ?? groups[0] ?? null;
}

/** The resources that scopes name. One without a resource is Microsoft Graph's. */
export function resourcesNamed(scopes: string[], names: CloudNames): Resource[] {
  const byId = new Map<string, string[]>();
  for (const scope of scopes.filter((name) => !identityScopes.includes(name))) {
    const id = URL.canParse(scope) ? new URL(scope).origin : names.graph;
    byId.set(id, [...(byId.get(id) ?? []), scope]);
  }
  return [...byId].map(([id, ofResource]) => ({ id, scopes: ofResource }));
}

const isOfGraph = (use: Use) => permissionsOf(use).of === 'graph';

const isGraph = (id: string) => Object.values(cloudNames).some(({ graph }) => graph === id);

/** By the first word of the permission, which is the protocol's: `IMAP`, `Mail`. */
function grants(scope: string, use: Use): boolean {
  const [word] = permissionsOf(use).delegated[0]?.split('.') ?? [];
  return scope.includes(`/${word}.`);
}

/** Whether scopes of a profile's own fit its uses: what they should have, or name without need. */
export function scopesBesideUses(
  scopes: string[],
  uses: Use[],
  names: CloudNames,
): { missing: Use[]; needless: string[] } {
  const ids = resourcesNamed(scopes, names).map(({ id }) => id);
  const needed = new Set(uses.map(isOfGraph));
  return {
    missing: uses.filter((use) => !ids.some((id) => isGraph(id) === isOfGraph(use))),
    needless: ids.filter((id) => !needed.has(isGraph(id))),
  };
}
