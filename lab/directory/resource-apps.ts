import { randomUUID } from 'node:crypto';
import { identityScopes, resources } from '../authority/resources.ts';
import type { ServicePrincipal } from './world.ts';

/** Microsoft's own apps by the application IDs that they have in every tenant. */
export const graphAppId = '00000003-0000-0000-c000-000000000000';
export const exchangeAppId = '00000002-0000-0ff1-ce00-000000000000';

/** The identifier URIs of each, by which tokens are asked for. */
export const identifiersOf: Record<string, string[]> = {
  [graphAppId]: ['https://graph.microsoft.com'],
  [exchangeAppId]: ['https://outlook.office.com', 'https://outlook.office365.com'],
};

/** The service principals of Microsoft's resources in a tenant, with what they publish. */
export function resourcePrincipals(): ServicePrincipal[] {
  return [
    principal(graphAppId, 'Microsoft Graph', 'https://graph.microsoft.com', identityScopes),
    principal(exchangeAppId, 'Office 365 Exchange Online', 'https://outlook.office.com', []),
  ];
}

function principal(appId: string, displayName: string, identifier: string, more: string[]): ServicePrincipal {
  const resource = resources.find(({ id }) => id === identifier);
  const published = (values: string[]) => values.map((value) => ({ id: randomUUID(), value }));
  return {
    id: randomUUID(),
    appId,
    displayName,
    tags: [],
    notes: null,
    accountEnabled: true,
    appRoles: published(resource?.roles ?? []),
    oauth2PermissionScopes: published([...(resource?.delegated ?? []), ...more]),
  };
}
