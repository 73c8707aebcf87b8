import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import { badRequest } from './errors.ts';
import type { Application, KeyCredential } from './world.ts';

type Json = Record<string, unknown>;

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const audiences = [
  'AzureADMyOrg',
  'AzureADMultipleOrgs',
  'AzureADandPersonalMicrosoftAccount',
  'PersonalMicrosoftAccount',
];

export function isGuid(value: unknown): value is string {
  return typeof value === 'string' && guid.test(value);
}

/** Refuses members that there are not. Throws 400. */
export function only(body: Json, known: readonly string[]): void {
  for (const name of Object.keys(body))
    if (!known.includes(name)) throw badRequest(`Invalid property '${name}'.`);
}

const readOnly = ['id', 'appId', 'createdDateTime', 'publisherDomain', 'deletedDateTime'];
const writable = [
  'displayName',
  'signInAudience',
  'notes',
  'tags',
  'web',
  'requiredResourceAccess',
  'keyCredentials',
];

/** What a body changes of an application, checked. Throws 400. */
export function applicationChanges(body: Json, present: Application | null): Partial<Application> {
  for (const name of readOnly)
    if (name in body) throw badRequest(`Property '${name}' is read-only and cannot be set.`);
  if ('passwordCredentials' in body)
    throw badRequest('Adding passwordCredential is not supported. Use addPassword.');
  only(body, writable);
  const changes: Partial<Application> = {};
  if ('displayName' in body) changes.displayName = text(body, 'displayName', 256);
  if ('signInAudience' in body) changes.signInAudience = oneOf(body, 'signInAudience', audiences);
  if ('notes' in body) changes.notes = body.notes === null ? null : text(body, 'notes', 1024);
  if ('tags' in body) changes.tags = texts(body.tags, 'tags');
  if ('web' in body) changes.web = webOf(body.web);
  if ('requiredResourceAccess' in body)
    changes.requiredResourceAccess = requiredOf(body.requiredResourceAccess);
  if ('keyCredentials' in body) changes.keyCredentials = keysOf(body.keyCredentials, present);
  return changes;
}

export function text(body: Json, name: string, most: number): string {
  const value = body[name];
  if (typeof value !== 'string' || value.trim() === '' || value.length > most)
    throw badRequest(`Invalid value specified for property '${name}' of resource 'Application'.`);
  return value;
}

export function texts(value: unknown, name: string): string[] {
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string' || one === ''))
    throw badRequest(`Invalid value specified for property '${name}'.`);
  if (new Set(value).size !== value.length) throw badRequest(`Property '${name}' contains duplicate values.`);
  return value;
}

function oneOf(body: Json, name: string, values: string[]): string {
  const value = body[name];
  if (typeof value !== 'string' || !values.includes(value))
    throw badRequest(`Invalid value specified for property '${name}' of resource 'Application'.`);
  return value;
}

/** https, or this very machine (Microsoft: Redirect URI restrictions). */
function webOf(value: unknown): Application['web'] {
  const web = anObject(value, 'web');
  only(web, ['redirectUris', 'homePageUrl', 'logoutUrl', 'implicitGrantSettings']);
  const redirectUris = texts(web.redirectUris ?? [], 'web.redirectUris');
  for (const uri of redirectUris) {
    const url = URL.canParse(uri) ? new URL(uri) : null;
    const isLocal = url?.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(url.hostname);
    if (!url || (url.protocol !== 'https:' && !isLocal) || url.hash !== '')
      throw badRequest(`Reply address '${uri}' is not valid.`);
  }
  return { redirectUris };
}

function requiredOf(value: unknown): Application['requiredResourceAccess'] {
  if (!Array.isArray(value))
    throw badRequest("Invalid value specified for property 'requiredResourceAccess'.");
  const all = value.map((one) => {
    const required = anObject(one, 'requiredResourceAccess');
    only(required, ['resourceAppId', 'resourceAccess']);
    const { resourceAppId, resourceAccess } = required;
    if (!isGuid(resourceAppId) || !Array.isArray(resourceAccess))
      throw badRequest(
        "Invalid value specified for property 'resourceAppId' of resource 'RequiredResourceAccess'.",
      );
    return { resourceAppId, resourceAccess: resourceAccess.map(accessOf) };
  });
  assertOnce(all.map(({ resourceAppId }) => resourceAppId));
  for (const { resourceAccess } of all) assertOnce(resourceAccess.map(({ id, type }) => `${type} ${id}`));
  return all;
}

function accessOf(value: unknown): { id: string; type: 'Scope' | 'Role' } {
  const { id, type, ...more } = anObject(value, 'resourceAccess');
  only(more, []);
  if (!isGuid(id) || (type !== 'Scope' && type !== 'Role'))
    throw badRequest(
      "Invalid value specified for property 'resourceAccess' of resource 'RequiredResourceAccess'.",
    );
  return { id, type };
}

function assertOnce(values: string[]): void {
  if (new Set(values).size !== values.length)
    throw badRequest("Property 'requiredResourceAccess' contains duplicate values.");
}

/** The whole collection is replaced by what is given (Microsoft: Add a certificate to an app). */
function keysOf(value: unknown, present: Application | null): KeyCredential[] {
  if (!Array.isArray(value)) throw badRequest("Invalid value specified for property 'keyCredentials'.");
  const keys = value.map((one) => {
    const given = anObject(one, 'keyCredentials');
    only(given, [
      'customKeyIdentifier',
      'displayName',
      'endDateTime',
      'key',
      'keyId',
      'startDateTime',
      'type',
      'usage',
    ]);
    const known = present?.keyCredentials.find(({ keyId }) => keyId === given.keyId);
    return known && (given.key === null || given.key === known.key) ? known : newKey(given);
  });
  if (new Set(keys.map(({ key }) => key)).size !== keys.length)
    throw badRequest('KeyCredentials contains a duplicate key.');
  return keys;
}

function newKey({ type, usage, key, displayName, keyId }: Json): KeyCredential {
  if (type !== 'AsymmetricX509Cert' || usage !== 'Verify')
    throw badRequest('Key credential type or usage is not valid.');
  const certificate = certificateIn(key);
  return {
    keyId: isGuid(keyId) ? keyId : randomUUID(),
    displayName: typeof displayName === 'string' ? displayName : null,
    type,
    usage,
    key: String(key),
    customKeyIdentifier: createHash('sha1').update(certificate.raw).digest('base64'),
    startDateTime: new Date(certificate.validFrom).toISOString(),
    endDateTime: new Date(certificate.validTo).toISOString(),
  };
}

/** The public certificate, DER in base64. */
function certificateIn(key: unknown): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(String(key), 'base64'));
  } catch {
    throw badRequest('Key credential value is not a valid certificate.');
  }
}

export function anObject(value: unknown, name: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRequest(`Invalid value specified for property '${name}'.`);
  return value as Json;
}
