import { randomUUID } from 'node:crypto';
import { readJson } from '../graph/request.ts';
import { appAdministrators, removePrincipal } from './applications.ts';
import { badRequest, conflict, notFound } from './errors.ts';
import { isGuid, only, texts } from './properties.ts';
import { filtered, onlyOptions, selected } from './select.ts';
import type { Answer, Ask, Route, ServicePrincipal, World } from './world.ts';

const read = ['Application.Read.All', 'Application.ReadWrite.All'];
const made = { scopes: ['Application.ReadWrite.All'], roles: appAdministrators };

/** Microsoft: servicePrincipal resource type, and the operations on it that are named in each path. */
export const servicePrincipalRoutes: Route[] = [
  { method: 'GET', path: 'servicePrincipals', scopes: read, roles: [], answer: list },
  { method: 'POST', path: 'servicePrincipals', ...made, answer: create },
  { method: 'GET', path: 'servicePrincipals/:id', scopes: read, roles: [], answer: get },
  { method: 'DELETE', path: 'servicePrincipals/:id', ...made, answer: remove },
];

function fits(key: string): (principal: ServicePrincipal) => boolean {
  const [, wanted] = /^\(appId='([^']*)'\)$/.exec(key) ?? [];
  if (wanted !== undefined) return ({ appId }) => appId === wanted;
  if (!isGuid(key)) throw badRequest(`Invalid object identifier '${key}'.`);
  return ({ id }) => id === key;
}

/** As the caller sees it. Throws 404, also while it is not known everywhere. */
export function findPrincipal(world: World, key: string): ServicePrincipal {
  const found = world.servicePrincipals.seen(world.servicePrincipals.find(fits(key)));
  if (!found) throw notFound(key);
  return found;
}

function shown(world: World, principal: ServicePrincipal) {
  const permission = { isEnabled: true };
  return {
    ...principal,
    deletedDateTime: null,
    servicePrincipalType: 'Application',
    appOwnerOrganizationId: world.organisation.id,
    appRoleAssignmentRequired: false,
    appRoles: principal.appRoles.map((role) => ({
      ...role,
      ...permission,
      displayName: role.value,
      allowedMemberTypes: ['Application'],
    })),
    oauth2PermissionScopes: principal.oauth2PermissionScopes.map((scope) => ({
      ...scope,
      ...permission,
      type: 'User',
    })),
  };
}

function get({ world, params, query }: Ask): Answer {
  onlyOptions(query, ['$select']);
  const found = findPrincipal(world, params.id ?? '');
  return { status: 200, json: selected(shown(world, found), query, 'servicePrincipal') };
}

function list({ world, query }: Ask): Answer {
  onlyOptions(query, ['$select', '$filter']);
  const seen = world.servicePrincipals.all().flatMap((one) => world.servicePrincipals.seen(one) ?? []);
  const value = filtered(seen, query, ['appId', 'displayName']).map((one) =>
    selected(shown(world, one), query, 'servicePrincipal'),
  );
  return { status: 200, json: { value } };
}

async function create({ world, request }: Ask): Promise<Answer> {
  const body = await readJson(request);
  only(body, ['appId', 'tags', 'notes', 'accountEnabled']);
  const { appId } = body;
  if (!isGuid(appId))
    throw badRequest("Invalid value specified for property 'appId' of resource 'ServicePrincipal'.");
  const application = world.applications.find((one) => one.appId === appId);
  if (!world.applications.seen(application))
    throw badRequest(
      `The appId '${appId}' of the service principal does not reference a valid application object.`,
    );
  if (world.servicePrincipals.find((one) => one.appId === appId))
    throw conflict(
      `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`,
    );
  const principal: ServicePrincipal = {
    id: randomUUID(),
    appId,
    displayName: application?.displayName ?? '',
    tags: body.tags === undefined ? [] : texts(body.tags, 'tags'),
    notes: typeof body.notes === 'string' ? body.notes : null,
    accountEnabled: body.accountEnabled !== false,
    appRoles: [],
    oauth2PermissionScopes: [],
  };
  world.servicePrincipals.put(principal);
  world.published(appId);
  return { status: 201, json: shown(world, principal) };
}

function remove({ world, params }: Ask): Answer {
  const { id, appId } = findPrincipal(world, params.id ?? '');
  removePrincipal(world, id);
  world.published(appId);
  return { status: 204 };
}
