import { randomBytes } from 'node:crypto';
import { readJson } from '../graph/request.ts';
import { appAdministrators } from './applications.ts';
import { badRequest, conflict, denied, notFound } from './errors.ts';
import { isGuid, only } from './properties.ts';
import { graphAppId } from './resource-apps.ts';
import { filtered, onlyOptions } from './select.ts';
import { findPrincipal } from './service-principals.ts';
import type { Answer, AppRoleAssignment, Ask, PermissionGrant, Route, World } from './world.ts';

const readApps = ['Application.Read.All', 'Application.ReadWrite.All'];
const assign = ['AppRoleAssignment.ReadWrite.All'];
const grant = ['DelegatedPermissionGrant.ReadWrite.All'];
const privileged = 'Privileged Role Administrator';
const consenting = [...appAdministrators, privileged];

/** Microsoft: appRoleAssignment and oAuth2PermissionGrant resource types: how consent is given and taken. */
export const consentRoutes: Route[] = [
  {
    method: 'GET',
    path: 'servicePrincipals/:id/appRoleAssignments',
    scopes: readApps,
    roles: [],
    answer: ({ world, params }) => {
      const { id } = findPrincipal(world, params.id ?? '');
      return listed(
        world,
        seen(world).filter(({ principalId }) => principalId === id),
      );
    },
  },
  {
    method: 'GET',
    path: 'servicePrincipals/:id/appRoleAssignedTo',
    scopes: readApps,
    roles: [],
    answer: ({ world, params }) => {
      const { id } = findPrincipal(world, params.id ?? '');
      return listed(
        world,
        seen(world).filter(({ resourceId }) => resourceId === id),
      );
    },
  },
  {
    method: 'POST',
    path: 'servicePrincipals/:id/appRoleAssignedTo',
    scopes: assign,
    roles: consenting,
    answer: assignRole,
  },
  {
    method: 'DELETE',
    path: 'servicePrincipals/:id/appRoleAssignedTo/:assignment',
    scopes: assign,
    roles: consenting,
    answer: takeRole,
  },
  { method: 'GET', path: 'oauth2PermissionGrants', scopes: grant, roles: [], answer: listGrants },
  { method: 'POST', path: 'oauth2PermissionGrants', scopes: grant, roles: consenting, answer: makeGrant },
  {
    method: 'PATCH',
    path: 'oauth2PermissionGrants/:id',
    scopes: grant,
    roles: consenting,
    answer: changeGrant,
  },
  {
    method: 'DELETE',
    path: 'oauth2PermissionGrants/:id',
    scopes: grant,
    roles: consenting,
    answer: removeGrant,
  },
];

const newId = () => randomBytes(32).toString('base64url');

function seen(world: World): AppRoleAssignment[] {
  return world.assignments.all().flatMap((one) => world.assignments.seen(one) ?? []);
}

function shown(world: World, one: AppRoleAssignment) {
  const nameOf = (id: string) =>
    world.servicePrincipals.find((principal) => principal.id === id)?.displayName;
  return {
    ...one,
    deletedDateTime: null,
    principalType: 'ServicePrincipal',
    principalDisplayName: nameOf(one.principalId),
    resourceDisplayName: nameOf(one.resourceId),
  };
}

function listed(world: World, all: AppRoleAssignment[]): Answer {
  return { status: 200, json: { value: all.map((one) => shown(world, one)) } };
}

async function assignRole({ world, caller, params, request }: Ask): Promise<Answer> {
  const body = await readJson(request);
  only(body, ['principalId', 'resourceId', 'appRoleId']);
  const { principalId, resourceId, appRoleId } = body;
  if (!isGuid(principalId) || !isGuid(resourceId) || !isGuid(appRoleId))
    throw badRequest('One or more properties are invalid.');
  const resource = findPrincipal(world, params.id ?? '');
  if (resource.id !== resourceId) throw badRequest('Not a valid reference update.');
  const principal = world.servicePrincipals.find(({ id }) => id === principalId);
  if (!principal) throw notFound(principalId);
  // While it is not known everywhere
  if (!world.servicePrincipals.seen(principal)) throw badRequest('Not a valid reference update.');
  if (!resource.appRoles.some(({ id }) => id === appRoleId))
    throw badRequest(`Permission being assigned was not found on application '${resource.appId}'.`);
  // Graph's own are for the most trusted only (Microsoft: least privileged roles by task)
  const roles = world.rolesOf(caller.upn ?? '');
  if (
    resource.appId === graphAppId &&
    !roles.some((role) => [privileged, 'Global Administrator'].includes(role))
  )
    throw denied();
  if (
    world.assignments.find(
      (one) =>
        one.principalId === principalId && one.resourceId === resourceId && one.appRoleId === appRoleId,
    )
  )
    throw badRequest('Permission being assigned already exists on the object');
  const made = { id: newId(), principalId, resourceId, appRoleId, createdDateTime: new Date().toISOString() };
  world.assignments.put(made);
  world.published(principal.appId);
  return { status: 201, json: shown(world, made) };
}

function takeRole({ world, params }: Ask): Answer {
  const { id } = findPrincipal(world, params.id ?? '');
  const found = world.assignments.find((one) => one.id === params.assignment && one.resourceId === id);
  if (!found) throw notFound(params.assignment ?? '');
  world.assignments.remove(found.id);
  const principal = world.servicePrincipals.find((one) => one.id === found.principalId);
  if (principal) world.published(principal.appId);
  return { status: 204 };
}

function listGrants({ world, query }: Ask): Answer {
  onlyOptions(query, ['$filter']);
  const all = world.grants.all().flatMap((one) => world.grants.seen(one) ?? []);
  return { status: 200, json: { value: filtered(all, query, ['clientId', 'consentType', 'resourceId']) } };
}

async function makeGrant({ world, request }: Ask): Promise<Answer> {
  const body = await readJson(request);
  only(body, ['clientId', 'consentType', 'principalId', 'resourceId', 'scope']);
  const { clientId, consentType, resourceId } = body;
  if (
    !isGuid(clientId) ||
    !isGuid(resourceId) ||
    (consentType !== 'AllPrincipals' && consentType !== 'Principal')
  )
    throw badRequest('One or more properties are invalid.');
  if ((consentType === 'AllPrincipals') !== ((body.principalId ?? null) === null))
    throw badRequest("Invalid value specified for property 'principalId'.");
  findPrincipal(world, clientId);
  const scope = scopeOf(world, resourceId, body.scope);
  const same = (one: PermissionGrant) =>
    one.clientId === clientId && one.resourceId === resourceId && one.consentType === consentType;
  if (world.grants.find(same)) throw conflict('Permission entry already exists.');
  const made: PermissionGrant = {
    id: newId(),
    clientId,
    consentType,
    principalId: (body.principalId as string | undefined) ?? null,
    resourceId,
    scope,
  };
  world.grants.put(made);
  tell(world, made);
  return { status: 201, json: made };
}

/** Each must be one that the resource publishes. Throws 400. */
function scopeOf(world: World, resourceId: string, scope: unknown): string {
  const { oauth2PermissionScopes } = findPrincipal(world, resourceId);
  if (typeof scope !== 'string' || scope.length > 3850)
    throw badRequest("Invalid value specified for property 'scope'.");
  for (const name of scope.split(' ').filter(Boolean))
    if (!oauth2PermissionScopes.some(({ value }) => value === name))
      throw badRequest(`The scope '${name}' is not published by the resource.`);
  return scope;
}

function findGrant({ world, params: { id = '' } }: Ask): PermissionGrant {
  const found = world.grants.find((one) => one.id === id);
  if (!found || !world.grants.seen(found)) throw notFound(id);
  return found;
}

async function changeGrant(ask: Ask): Promise<Answer> {
  const found = findGrant(ask);
  const body = await readJson(ask.request);
  for (const name of Object.keys(body))
    if (name !== 'scope') throw badRequest(`Property cannot be updated: ${name}`);
  const changed = { ...found, scope: scopeOf(ask.world, found.resourceId, body.scope) };
  ask.world.grants.put(changed);
  tell(ask.world, changed);
  return { status: 204 };
}

function removeGrant(ask: Ask): Answer {
  const found = findGrant(ask);
  ask.world.grants.remove(found.id);
  tell(ask.world, found);
  return { status: 204 };
}

function tell(world: World, { clientId }: PermissionGrant): void {
  const client = world.servicePrincipals.find(({ id }) => id === clientId);
  if (client) world.published(client.appId);
}
