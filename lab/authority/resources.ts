import type { Refused } from './entra-errors.ts';

/** A resource that tokens are for, its delegated permissions (scopes) and its application permissions (roles). */
export interface LabResource {
  /** Its identifier URI, which scopes begin with. */
  id: string;
  delegated: string[];
  roles: string[];
}

const exchange = {
  delegated: ['IMAP.AccessAsUser.All', 'POP.AccessAsUser.All', 'SMTP.Send', 'EWS.AccessAsUser.All'],
  roles: ['IMAP.AccessAsApp', 'POP.AccessAsApp', 'SMTP.SendAsApp', 'full_access_as_app'],
};

/** Exchange Online under both its names, and Microsoft Graph (Microsoft: permissions reference, legacy protocols). */
export const resources: LabResource[] = [
  { id: 'https://outlook.office.com', ...exchange },
  { id: 'https://outlook.office365.com', ...exchange },
  {
    id: 'https://graph.microsoft.com',
    delegated: [
      'Mail.Read',
      'Mail.ReadWrite',
      'Mail.Send',
      'Mail.Read.Shared',
      'Mail.ReadWrite.Shared',
      'Mail.Send.Shared',
      'User.Read',
      // Exchange Online's, which the portal lists here too
      'IMAP.AccessAsUser.All',
      'POP.AccessAsUser.All',
      'SMTP.Send',
      // For administrators of the directory
      'Application.Read.All',
      'Application.ReadWrite.All',
      'AppRoleAssignment.ReadWrite.All',
      'DelegatedPermissionGrant.ReadWrite.All',
    ],
    roles: ['Mail.Read', 'Mail.ReadWrite', 'Mail.Send'],
  },
];

/** Exchange Online goes by two names, and is one service. */
export function isExchange(id: string): boolean {
  return id.startsWith('https://outlook.');
}

/** A scope without a resource is Graph's. */
const graph = 'https://graph.microsoft.com';
export const identityScopes = ['openid', 'profile', 'email', 'offline_access'];

/** What scopes ask for: the resources they name and the scopes with full names; or Entra's code for what is wrong. */
export type AskedScopes = { resources: string[]; scopes: string[] } | Refused;

export function readScopes(text: string): AskedScopes {
  const names = text.split(' ').filter(Boolean);
  const scopes = names.map((name) =>
    identityScopes.includes(name) || URL.canParse(name) ? name : `${graph}/${name}`,
  );
  const named = new Set<string>();
  for (const scope of scopes.filter((name) => !identityScopes.includes(name))) {
    const resource = resources.find(({ id }) => scope.startsWith(`${id}/`));
    if (!resource) return { code: 500011 };
    const permission = scope.slice(resource.id.length + 1);
    if (permission !== '.default' && !resource.delegated.includes(permission)) return { code: 650053 };
    named.add(resource.id);
  }
  return { resources: [...named], scopes };
}

/** The same of scopes that were found in order before. */
export function askedBy(text: string): { resources: string[]; scopes: string[] } {
  const asked = readScopes(text);
  return 'scopes' in asked ? asked : { resources: [], scopes: [] };
}

/** All that the provider is told there is of a resource. */
export function scopesOf(id: string): string {
  const known = resources.find((resource) => resource.id === id);
  return [...(known?.delegated ?? []), '.default'].map((name) => `${id}/${name}`).join(' ');
}

/** Application permissions of an app for one resource. */
export function rolesFor(id: string, granted: string[]): string[] {
  return (
    resources.find((resource) => resource.id === id)?.roles.filter((role) => granted.includes(role)) ?? []
  );
}
