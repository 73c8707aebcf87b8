import type { IncomingMessage } from 'node:http';
import type { LabApp } from '../authority/apps.ts';
import type { Caller } from '../graph/access.ts';
import type { Faults } from './faults.ts';
import type { Table } from './table.ts';

export interface ResourceAccess {
  id: string;
  type: 'Scope' | 'Role';
}

export interface KeyCredential {
  keyId: string;
  displayName: string | null;
  type: string;
  usage: string;
  /** DER in base64. */
  key: string;
  customKeyIdentifier: string;
  startDateTime: string;
  endDateTime: string;
}

export interface PasswordCredential {
  keyId: string;
  displayName: string | null;
  hint: string;
  startDateTime: string;
  endDateTime: string;
  /** Known here, and told once. */
  secretText: string;
}

/** An app registration (Microsoft: application resource type), as far as it is covered. */
export interface Application {
  id: string;
  appId: string;
  uniqueName: string | null;
  displayName: string;
  signInAudience: string;
  notes: string | null;
  tags: string[];
  createdDateTime: string;
  publisherDomain: string;
  web: { redirectUris: string[] };
  requiredResourceAccess: { resourceAppId: string; resourceAccess: ResourceAccess[] }[];
  keyCredentials: KeyCredential[];
  passwordCredentials: PasswordCredential[];
}

export interface PublishedPermission {
  id: string;
  value: string;
}

/** An Enterprise application (Microsoft: servicePrincipal resource type), as far as it is covered. */
export interface ServicePrincipal {
  id: string;
  appId: string;
  displayName: string;
  tags: string[];
  notes: string | null;
  accountEnabled: boolean;
  /** Application permissions that it publishes, and delegated ones. */
  appRoles: PublishedPermission[];
  oauth2PermissionScopes: PublishedPermission[];
}

export interface AppRoleAssignment {
  id: string;
  principalId: string;
  resourceId: string;
  appRoleId: string;
  createdDateTime: string;
}

export interface PermissionGrant {
  id: string;
  clientId: string;
  consentType: 'AllPrincipals' | 'Principal';
  principalId: string | null;
  resourceId: string;
  scope: string;
}

/** What the stand-in holds, for those who answer requests. */
export interface World {
  origin: string;
  organisation: { id: string; displayName: string; domain: string };
  applications: Table<Application>;
  /** Deleted, and to be restored for 30 days; their unique names are taken all the while. */
  deleted: Application[];
  servicePrincipals: Table<ServicePrincipal>;
  assignments: Table<AppRoleAssignment>;
  grants: Table<PermissionGrant>;
  faults: Faults;
  /** Roles of an account in the directory. */
  rolesOf(account: string): string[];
  /** Lets the authority know what has become of an app. */
  published(appId: string): void;
  /** What the authority has of an app that was made here. */
  appOf(appId: string): LabApp | undefined;
}

/** One request, its token verified. */
export interface Ask {
  world: World;
  caller: Caller;
  params: Record<string, string>;
  query: URLSearchParams;
  prefer: string;
  request: IncomingMessage;
}

export type Answer = { status: number; json?: object };

export interface Route {
  method: string;
  /** `applications/:id/addPassword`; an id may be a key in parentheses, as in `(appId='…')`. */
  path: string;
  /** Delegated permissions of which the token must have one. */
  scopes: string[];
  /** Roles in the directory of which the account must have one; Global Administrators may all. */
  roles: string[];
  answer(ask: Ask): Promise<Answer> | Answer;
}
