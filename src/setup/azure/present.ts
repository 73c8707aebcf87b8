import type { Json } from '../../network/graph.ts';
import { type Directory, keyIn } from './directory.ts';
import { type Registration, type ResourceName, resourceApps } from './registration.ts';

export interface ResourceAccess {
  id: string;
  type: 'Scope' | 'Role';
}

export interface RequiredAccess {
  resourceAppId: string;
  resourceAccess: ResourceAccess[];
}

/** An app registration, as far as a set-up looks at it. */
export interface Application {
  id: string;
  appId: string;
  displayName: string;
  redirectUris: string[];
  required: RequiredAccess[];
  /** What its certificates are called. */
  keyNames: string[];
  passwords: { keyId: string; displayName: string | null }[];
}

/** A resource in this tenant and the permissions that it publishes, their IDs by name. */
export interface ResourceApp {
  id: string;
  appId: string;
  title: string;
  Scope: Map<string, string>;
  Role: Map<string, string>;
}

export interface Assignment {
  id: string;
  resourceId: string;
  appRoleId: string;
}

export interface Grant {
  id: string;
  resourceId: string;
  scopes: string[];
}

/** What there is in the directory. */
export interface Present {
  /** Null where a resource has no service principal in the tenant. */
  resources: Record<ResourceName, ResourceApp | null>;
  application: Application | null;
  /** The Enterprise application. */
  principal: { id: string; tags: string[] } | null;
  assignments: Assignment[];
  /** Those for everybody. */
  grants: Grant[];
}

/** Reads Microsoft's resources, which do not change meanwhile. */
export async function readResources(directory: Directory): Promise<Present['resources']> {
  return {
    exchange: await readResource(directory, 'exchange'),
    graph: await readResource(directory, 'graph'),
  };
}

async function readResource(directory: Directory, name: ResourceName): Promise<ResourceApp | null> {
  const { appId, title } = resourceApps[name];
  const select = '$select=id,appRoles,oauth2PermissionScopes';
  const found = await directory.find(`${keyIn('servicePrincipals', 'appId', appId)}?${select}`);
  if (!found) return null;
  return {
    id: String(found.id),
    appId,
    title,
    Scope: idsByName(found.oauth2PermissionScopes),
    Role: idsByName(found.appRoles),
  };
}

function idsByName(published: unknown): Map<string, string> {
  return new Map(objects(published).map(({ value, id }) => [String(value), String(id)]));
}

/** What there is of an app, and of the consent to it. Consents are read where the token may see them. */
export async function readPresent(
  directory: Directory,
  registration: Registration,
  resources: Present['resources'],
): Promise<Present> {
  const application = await readApplication(directory, registration);
  const principal = application && (await readPrincipal(directory, application.appId));
  const delegated = registration.permissions.some(({ type }) => type === 'Scope');
  return {
    resources,
    application,
    principal,
    assignments: principal && !delegated ? await readAssignments(directory, principal.id) : [],
    grants: principal && delegated ? await readGrants(directory, principal.id) : [],
  };
}

const selection = 'id,appId,displayName,web,requiredResourceAccess,keyCredentials,passwordCredentials';

export function pathOf({ clientId, uniqueName }: Pick<Registration, 'clientId' | 'uniqueName'>): string {
  return clientId === null
    ? keyIn('applications', 'uniqueName', uniqueName)
    : keyIn('applications', 'appId', clientId);
}

export async function readApplication(
  directory: Directory,
  registration: Pick<Registration, 'clientId' | 'uniqueName'>,
): Promise<Application | null> {
  const found = await directory.find(`${pathOf(registration)}?$select=${selection}`);
  if (!found) return null;
  return {
    id: String(found.id),
    appId: String(found.appId),
    displayName: String(found.displayName),
    redirectUris: texts((found.web as Json | undefined)?.redirectUris),
    required: objects(found.requiredResourceAccess) as unknown as RequiredAccess[],
    keyNames: texts(objects(found.keyCredentials).map(({ displayName }) => displayName)),
    passwords: objects(found.passwordCredentials).map(({ keyId, displayName }) => ({
      keyId: String(keyId),
      displayName: typeof displayName === 'string' ? displayName : null,
    })),
  };
}

export async function readPrincipal(directory: Directory, appId: string): Promise<Present['principal']> {
  const found = await directory.find(`${keyIn('servicePrincipals', 'appId', appId)}?$select=id,tags`);
  return found && { id: String(found.id), tags: texts(found.tags) };
}

export async function readAssignments(directory: Directory, principalId: string): Promise<Assignment[]> {
  const all = await directory.list(`/servicePrincipals/${principalId}/appRoleAssignments`);
  return all.map(({ id, resourceId, appRoleId }) => ({
    id: String(id),
    resourceId: String(resourceId),
    appRoleId: String(appRoleId),
  }));
}

export async function readGrants(directory: Directory, principalId: string): Promise<Grant[]> {
  const filter = encodeURIComponent(`clientId eq '${principalId}' and consentType eq 'AllPrincipals'`);
  const all = await directory.list(`/oauth2PermissionGrants?$filter=${filter}`);
  return all.map(({ id, resourceId, scope }) => ({
    id: String(id),
    resourceId: String(resourceId),
    scopes: String(scope).split(' ').filter(Boolean),
  }));
}

/** The organisation's name; null where the token does not permit to ask for it. */
export async function readOrganisation(directory: Directory): Promise<string | null> {
  try {
    const [found] = await directory.list('/organization?$select=id,displayName');
    return typeof found?.displayName === 'string' ? found.displayName : null;
  } catch {
    return null;
  }
}

function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : [];
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
