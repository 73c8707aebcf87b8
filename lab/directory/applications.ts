import { randomBytes, randomUUID } from 'node:crypto';
import { readJson } from '../graph/request.ts';
import { badRequest, notFound } from './errors.ts';
import { anObject, applicationChanges, isGuid, only, text } from './properties.ts';
import { filtered, onlyOptions, selected } from './select.ts';
import type { Answer, Application, Ask, PasswordCredential, Route, World } from './world.ts';

const read = ['Application.Read.All', 'Application.ReadWrite.All'];
const write = ['Application.ReadWrite.All'];
export const appAdministrators = ['Application Administrator', 'Cloud Application Administrator'];
const made = { scopes: write, roles: appAdministrators };

/** Microsoft: application resource type, and the operations on it that are named in each path. */
export const applicationRoutes: Route[] = [
  { method: 'GET', path: 'applications', scopes: read, roles: [], answer: list },
  { method: 'POST', path: 'applications', ...made, answer: create },
  { method: 'GET', path: 'applications/:id', scopes: read, roles: [], answer: get },
  { method: 'PATCH', path: 'applications/:id', ...made, answer: update },
  { method: 'DELETE', path: 'applications/:id', ...made, answer: remove },
  { method: 'POST', path: 'applications/:id/addPassword', ...made, answer: addPassword },
  { method: 'POST', path: 'applications/:id/removePassword', ...made, answer: removePassword },
];

/** `03ef14b0-…`, `(appId='…')` or `(uniqueName='…')`. */
function fits(key: string): (application: Application) => boolean {
  const [, name, value = ''] = /^\((appId|uniqueName)='((?:[^']|'')*)'\)$/.exec(key) ?? [];
  const wanted = value.replaceAll("''", "'");
  if (name === 'appId') return ({ appId }) => appId === wanted;
  if (name === 'uniqueName') return ({ uniqueName }) => uniqueName === wanted;
  if (!isGuid(key)) throw badRequest(`Invalid object identifier '${key}'.`);
  return ({ id }) => id === key;
}

/** As the caller sees it. Throws 404, also while it is not known everywhere. */
function find({ world, params: { id = '' } }: Ask): Application {
  const found = world.applications.seen(world.applications.find(fits(id)));
  if (!found) throw notFound(id);
  return found;
}

/** The value of a secret is told once, that of a key only where it is asked for by name, of one app by its object ID. */
function shown(application: Application, withKeys: boolean) {
  const { passwordCredentials, keyCredentials, ...rest } = application;
  return {
    ...rest,
    deletedDateTime: null,
    keyCredentials: keyCredentials.map((key) => (withKeys ? key : { ...key, key: null })),
    passwordCredentials: passwordCredentials.map((one) => ({
      ...one,
      customKeyIdentifier: null,
      secretText: null,
    })),
  };
}

function get(ask: Ask): Answer {
  onlyOptions(ask.query, ['$select']);
  const withKeys =
    isGuid(ask.params.id) && (ask.query.get('$select') ?? '').split(',').includes('keyCredentials');
  const json = selected(shown(find(ask), withKeys), ask.query, 'application');
  return { status: 200, json };
}

function list({ world, query }: Ask): Answer {
  onlyOptions(query, ['$select', '$filter']);
  const seen = world.applications.all().flatMap((one) => world.applications.seen(one) ?? []);
  const value = filtered(seen, query, ['appId', 'displayName']).map((one) =>
    selected(shown(one, false), query, 'application'),
  );
  return { status: 200, json: { value } };
}

async function create({ world, request }: Ask): Promise<Answer> {
  return { status: 201, json: shown(make(world, await readJson(request), null), true) };
}

/** What is registered anew; a name that is to be unique may not even be that of one that was deleted. */
export function make(world: World, body: Record<string, unknown>, uniqueName: string | null): Application {
  text(body, 'displayName', 256);
  const changes = applicationChanges(body, null);
  const isTaken = [...world.applications.all(), ...world.deleted].some(
    (one) => one.uniqueName === uniqueName,
  );
  if (uniqueName !== null && isTaken)
    throw badRequest('Another object with the same value for property uniqueName already exists.');
  const application: Application = {
    id: randomUUID(),
    appId: randomUUID(),
    uniqueName,
    displayName: '',
    signInAudience: 'AzureADMyOrg',
    notes: null,
    tags: [],
    createdDateTime: new Date().toISOString(),
    publisherDomain: world.organisation.domain,
    web: { redirectUris: [] },
    requiredResourceAccess: [],
    keyCredentials: [],
    passwordCredentials: [],
    ...changes,
  };
  world.applications.put(application);
  world.published(application.appId);
  return application;
}

/** Also the upsert by unique name (Microsoft: Upsert application), which asks for the display name. */
async function update(ask: Ask): Promise<Answer> {
  const { world, params, prefer, request } = ask;
  const { id: key = '' } = params;
  const body = await readJson(request);
  const [, uniqueName] = /^\(uniqueName='((?:[^']|'')*)'\)$/.exec(key) ?? [];
  if (uniqueName !== undefined && prefer.includes('create-if-missing')) {
    const name = uniqueName.replaceAll("''", "'");
    const present = world.applications.find((one) => one.uniqueName === name);
    if (!present) return { status: 201, json: shown(make(world, body, name), true) };
    text(body, 'displayName', 256);
    change(world, present, applicationChanges(body, present));
    return { status: 204 };
  }
  find(ask);
  const present = world.applications.find(fits(key)) as Application;
  change(world, present, applicationChanges(body, present));
  return { status: 204 };
}

function change(world: World, present: Application, changes: Partial<Application>): void {
  world.applications.put({ ...present, ...changes });
  world.published(present.appId);
}

/** What was registered goes with its own service principal, and can be restored for 30 days. */
function remove(ask: Ask): Answer {
  const { world, params } = ask;
  find(ask);
  const present = world.applications.find(fits(params.id ?? '')) as Application;
  world.applications.remove(present.id);
  world.deleted.push(present);
  const principal = world.servicePrincipals.find(({ appId }) => appId === present.appId);
  if (principal) removePrincipal(world, principal.id);
  world.published(present.appId);
  return { status: 204 };
}

/** Consents to it go with a service principal. */
export function removePrincipal(world: World, id: string): void {
  world.servicePrincipals.remove(id);
  for (const one of world.assignments.all())
    if (one.principalId === id || one.resourceId === id) world.assignments.remove(one.id);
  for (const one of world.grants.all())
    if (one.clientId === id || one.resourceId === id) world.grants.remove(one.id);
}

const twoYears = 730 * 24 * 60 * 60_000;

async function addPassword(ask: Ask): Promise<Answer> {
  find(ask);
  const body = await readJson(ask.request);
  only(body, ['passwordCredential']);
  const given = anObject(body.passwordCredential ?? {}, 'passwordCredential');
  only(given, ['displayName', 'startDateTime', 'endDateTime']);
  const secretText = `${randomBytes(2).toString('hex')}~${randomBytes(27).toString('base64url')}`.slice(
    0,
    40,
  );
  const start = instant(given, 'startDateTime', Date.now());
  const added: PasswordCredential = {
    keyId: randomUUID(),
    displayName: typeof given.displayName === 'string' ? given.displayName : null,
    hint: secretText.slice(0, 3),
    startDateTime: start,
    endDateTime: instant(given, 'endDateTime', Date.parse(start) + twoYears),
    secretText,
  };
  const present = ask.world.applications.find(fits(ask.params.id ?? '')) as Application;
  change(ask.world, present, { passwordCredentials: [...present.passwordCredentials, added] });
  return { status: 200, json: { customKeyIdentifier: null, ...added } };
}

function instant(given: Record<string, unknown>, name: string, fallback: number): string {
  const value = given[name] === undefined ? fallback : Date.parse(String(given[name]));
  if (Number.isNaN(value)) throw badRequest(`Invalid value specified for property '${name}'.`);
  return new Date(value).toISOString();
}

async function removePassword(ask: Ask): Promise<Answer> {
  find(ask);
  const body = await readJson(ask.request);
  only(body, ['keyId']);
  const present = ask.world.applications.find(fits(ask.params.id ?? '')) as Application;
  const rest = present.passwordCredentials.filter(({ keyId }) => keyId !== body.keyId);
  if (rest.length === present.passwordCredentials.length)
    throw badRequest(`No password credential found with keyId '${body.keyId}'.`);
  change(ask.world, present, { passwordCredentials: rest });
  return { status: 204 };
}
