import type { CredentialProfile } from '../../../resources/credential-profile/record.ts';
import { consentScope, resourcesOf } from '../../scope.ts';
import { microsoft } from './index.ts';
import { permissionTitle } from './permission-titles.ts';
import { permissionsOf } from './permissions.ts';

/** A permission by its name in Azure, and what Azure says of it. */
export interface AskedPermission {
  name: string;
  title: string | null;
}

/** What an administrator is asked for everybody: an app by itself is granted what it is registered with, of all resources. */
export function scopeForEverybody(profile: CredentialProfile): string {
  if (profile.grant !== 'client_credentials') return consentScope(profile, microsoft);
  return resourcesOf(profile, microsoft)[0]?.scopes.join(' ') ?? '';
}

/** The permissions that a profile's uses need, each once. */
export function permissionsAsked(profile: CredentialProfile): AskedPermission[] {
  const isAppOnly = profile.grant === 'client_credentials';
  const of = isAppOnly ? 'application' : 'delegated';
  const names = isAppOnly
    ? profile.uses.flatMap((use) => permissionsOf(use).application)
    : consentScope(profile, microsoft).split(' ').map(inAzure);
  return [...new Set(names)].map((name) => ({ name, title: permissionTitle(name, of) }));
}

/** A scope as Azure lists it: without the resource, under whose name it stands there. */
function inAzure(scope: string): string {
  return scope.endsWith('/.default') ? scope : scope.slice(scope.lastIndexOf('/') + 1);
}

/**
 * Who may consent for everybody (Microsoft: grant tenant-wide admin consent): application permissions of Microsoft Graph
 * want the stronger role.
 */
export function consentingRoles({ grant, uses }: Pick<CredentialProfile, 'grant' | 'uses'>): string[] {
  const isOfGraph = uses.some((use) => permissionsOf(use).of === 'graph');
  return grant === 'client_credentials' && isOfGraph
    ? ['Privileged Role Administrator', 'Global Administrator']
    : ['Cloud Application Administrator', 'Application Administrator', 'Global Administrator'];
}
