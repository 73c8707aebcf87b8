import type { LabAuthority } from '../authority/index.ts';
import type { LabCertificates } from '../certificates.ts';
import { startHttps } from '../https.ts';
import { answer, type DirectoryRequest } from './answer.ts';
import { make } from './applications.ts';
import { type Faults, noFaults } from './faults.ts';
import { publishTo } from './published.ts';
import { resourcePrincipals } from './resource-apps.ts';
import { Table } from './table.ts';
import type { Application, AppRoleAssignment, PermissionGrant, ServicePrincipal, World } from './world.ts';

/** Microsoft's own public client by which administrators use Graph from command lines. */
export const commandLineTools = '14d82eec-204b-4c2f-b7e8-296a70dab67e';

export interface LabDirectory {
  origin: string;
  faults: Faults;
  /** Roles of an account; whoever has none here is a Global Administrator. */
  roles: Map<string, string[]>;
  applications(): Application[];
  servicePrincipals(): ServicePrincipal[];
  assignments(): AppRoleAssignment[];
  grants(): PermissionGrant[];
  deleted(): Application[];
  /** All that is there, to be compared. */
  snapshot(): object;
  /** Registers an app as an administrator does in the portal. */
  register(body: Record<string, unknown>): Application;
  /** Takes an app away as an administrator does in the portal. */
  remove(appId: string): void;
  /** App-only: the mailbox that the app may open at the lab's Dovecot, as Exchange is told by its own commands. */
  openMailbox(appId: string, upn: string): void;
  /** What was asked, without tokens. */
  requests: DirectoryRequest[];
  /** Those that were shown, for whoever looks where else they are. */
  tokens: Set<string>;
  stop(): Promise<void>;
}

/**
 * Stands in for the directory part of Microsoft Graph v1.0, built from its documented wire format, over HTTPS, for the
 * tenant of the lab's authority, whose tokens it verifies and whose apps come from here.
 *
 * Covered: applications (list, get, create, upsert by unique name, update, delete, addPassword, removePassword),
 * service principals (list, get, create, delete), appRoleAssignedTo, oauth2PermissionGrants, organization; `$select`,
 * `$filter` with `eq`; which delegated permissions and which roles in the directory each needs; duplicates, unknown and
 * read-only properties; eventual consistency; throttling and outages on request.
 * Not covered: application permissions of the caller, owners, addKey, federated credentials, restoring what was
 * deleted, paging, policies for apps. That an upsert finds an object which reads do not show yet is not documented.
 */
export async function startDirectory({
  certificates,
  authority,
}: {
  certificates: LabCertificates;
  authority: LabAuthority;
}): Promise<LabDirectory> {
  const { server, origin, stop } = await startHttps(certificates);
  const faults = noFaults();
  const roles = new Map<string, string[]>();
  const requests: DirectoryRequest[] = [];
  const { appOf, published } = publishTo(authority, () => world);
  const world: World = {
    origin,
    organisation: { id: authority.tenant, displayName: 'Contoso', domain: authority.domain },
    applications: new Table(faults.lag),
    deleted: [],
    servicePrincipals: new Table(faults.lag),
    assignments: new Table(faults.lag),
    grants: new Table(faults.lag),
    faults,
    rolesOf: (account) => roles.get(account.toLowerCase()) ?? ['Global Administrator'],
    published,
    appOf,
  };
  for (const principal of resourcePrincipals()) world.servicePrincipals.put(principal);
  authority.register({ clientId: commandLineTools, publicClient: true, accounts: 'many-tenants' });
  const tokens = new Set<string>();
  server.on('request', (request, response) => {
    tokens.add((request.headers.authorization ?? '').replace('Bearer ', ''));
    return answer(world, authority, requests, request, response);
  });
  return {
    origin,
    faults,
    roles,
    requests,
    tokens,
    stop,
    ...contentsOf(world),
    register: (body) => make(world, body, null),
    openMailbox(appId, upn) {
      const app = appOf(appId);
      if (!app) throw new Error(`there is no app ${appId}`);
      app.upn = upn;
    },
  };
}

function contentsOf(world: World) {
  const { applications, servicePrincipals, assignments, grants, deleted } = world;
  return {
    applications: () => applications.all(),
    servicePrincipals: () => servicePrincipals.all(),
    assignments: () => assignments.all(),
    grants: () => grants.all(),
    deleted: () => deleted,
    snapshot: () =>
      structuredClone({
        applications: applications.all(),
        servicePrincipals: servicePrincipals.all(),
        assignments: assignments.all(),
        grants: grants.all(),
      }),
    remove(appId: string) {
      const found = applications.find((one) => one.appId === appId);
      if (!found) throw new Error(`there is no app ${appId}`);
      applications.remove(found.id);
      deleted.push(found);
      world.published(appId);
    },
  };
}
