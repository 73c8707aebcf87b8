import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AdapterPayload, Provider } from 'oidc-provider';
import type { LabApp } from './apps.ts';
import { authenticateApp } from './client-authentication.ts';
import type { Directory } from './directory.ts';
import { entraError, entraStatus, type Refused } from './entra-errors.ts';
import { readForm, sendJson, sendPage, withForm } from './exchange.ts';
import type { Faults } from './faults.ts';
import { whyNoAppToken, whyNoPersonsToken, whyNotFor, whyNotUsed } from './issuing.ts';
import type { LabStorage } from './memory-adapter.ts';
import type { Organisation } from './organisation.ts';
import { identityScopes } from './resources.ts';
import { type Providers, providerFor, type Tenant, whyNotThrough } from './tenants.ts';
import {
  deviceCodeGrant,
  translateDeviceRequest,
  translateTokenRequest,
  whyMalformed,
} from './token-request.ts';

/** A request to the token endpoint, without secrets. */
export interface TokenRequest {
  path: string;
  grant: string;
  scope: string;
  /** How the app showed who it was; null when it did not. */
  client: string | null;
  at: number;
}

export interface EndpointParts {
  providers: Providers;
  apps: Map<string, LabApp>;
  directory: Directory;
  storage: LabStorage;
  faults: Faults;
  organisation: Organisation;
  /** By which names a tenant's token endpoint may be addressed in assertions. */
  audiences(tenant: Tenant): string[];
  note(request: TokenRequest): void;
  /** Gives the request to a provider, under its own path. */
  pass(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Where the codes and tokens of each grant are stored, and the field of the request that names them. */
const sources: Record<string, [kind: string, field: string]> = {
  authorization_code: ['AuthorizationCode', 'code'],
  refresh_token: ['RefreshToken', 'refresh_token'],
  [deviceCodeGrant]: ['DeviceCode', 'device_code'],
};

/** `POST {tenant}/oauth2/v2.0/token` */
export async function serveToken(
  tenant: Tenant,
  request: IncomingMessage,
  response: ServerResponse,
  parts: EndpointParts,
): Promise<void> {
  const { apps, faults, audiences, note, organisation } = parts;
  const form = await readForm(request);
  // Entra's own clients leave out what the standard puts before it.
  if (form.get('grant_type') === 'device_code') form.set('grant_type', deviceCodeGrant);
  const grant = form.get('grant_type') ?? '';
  const refuse = (refused: Refused) => sendJson(response, entraStatus(refused.code), entraError(refused));
  const { authorization, origin } = request.headers;
  const clientId = clientIdOf(form, authorization);
  const app = apps.get(clientId);
  const expected = { audiences: audiences(tenant), now: new Date(Date.now() + organisation.clockAheadMs) };
  const shown = app ? await authenticateApp(app, form, authorization, expected) : { code: 700016 };
  note({
    path: 'token',
    grant,
    scope: form.get('scope') ?? '',
    client: 'method' in shown ? shown.method : null,
    at: Date.now(),
  });
  if (faults.slowMilliseconds) await sleep(faults.slowMilliseconds);
  if (outOfOrder(faults, response)) return;
  const malformed = whyMalformed(form, clientId);
  if (malformed) return refuse(malformed);
  const notYet = app?.notYetKnown.shift();
  if (notYet !== undefined) return refuse({ code: notYet });
  const notUsed = app && whyNotUsed(app);
  if (notUsed) return refuse(notUsed);
  const refusedGrant = faults.refusedGrants[grant];
  if (refusedGrant !== undefined) return refuse({ code: refusedGrant });
  if (faults.secretExpired) return refuse({ code: 7000222 });
  if (!app || !('method' in shown)) return refuse('code' in shown ? shown : { code: 700016 });
  const notThrough = whyNotThrough(tenant, app);
  if (notThrough !== null) return refuse({ code: notThrough });
  if (app.platform === 'spa' && grant === 'authorization_code' && origin === undefined)
    return refuse({ code: 9002327 });
  if (grant === deviceCodeGrant && faults.slowDown > 0) {
    faults.slowDown--;
    return sendJson(response, 400, { ...entraError({ code: 70016 }), error: 'slow_down' });
  }
  const translated = translateTokenRequest(form, app, tenant, faults);
  if ('code' in translated) return refuse(translated);
  // For the answer, which Entra gives to those who ask.
  request.headers['x-client-info'] = form.get('client_info') ?? '';
  await issue(tenant, app, translated, request, response, parts);
}

/** Whether the service is in trouble itself; then it has answered so. */
function outOfOrder(faults: Faults, response: ServerResponse): boolean {
  if (faults.badGateway > 0) {
    faults.badGateway--;
    sendPage(response, 502, '<html><head><title>502 Bad Gateway</title></head><body></body></html>');
    return true;
  }
  if (faults.serverError <= 0) return false;
  faults.serverError--;
  sendJson(response, entraStatus(90033), entraError({ code: 90033 }));
  return true;
}

/** Hands the request on to the provider, unless something that is set in the tenant is against it. */
async function issue(
  tenant: Tenant,
  app: LabApp,
  translated: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
  { providers, directory, storage, faults, organisation, pass }: EndpointParts,
): Promise<void> {
  const grant = translated.get('grant_type') ?? '';
  const [kind, field] = sources[grant] ?? ['', ''];
  const source = storage.find(kind, translated.get(field) ?? '');
  const account = source?.accountId === undefined ? null : directory.accountOf(source.accountId);
  const sought = {
    app,
    grant,
    resource: translated.get('resource') ?? undefined,
    scopes: (translated.get('scope') ?? '').split(' '),
  };
  const refused =
    whyNotFor(sought.resource, organisation) ??
    (grant === 'client_credentials' ? whyNoAppToken(sought, organisation) : null) ??
    (source && account ? whyNoPersonsToken(sought, { account, source }, organisation) : null);
  if (refused) return sendJson(response, entraStatus(refused.code), entraError(refused));
  if (faults.loseAnswerAfterRotation > 0) {
    faults.loseAnswerAfterRotation--;
    response.end = () => response.destroy();
  }
  if (grant === 'refresh_token' && source && app.adminConsented) widen(source, translated);
  const next = withForm(request, translated);
  await pass(providerFor(tenant, account, providers), next, response);
}

/** `POST {tenant}/oauth2/v2.0/devicecode`: the client ID is enough. */
export async function serveDeviceAuthorization(
  tenant: Tenant,
  request: IncomingMessage,
  response: ServerResponse,
  { providers, apps, pass }: EndpointParts,
): Promise<void> {
  const form = await readForm(request);
  const refuse = (refused: Refused) => sendJson(response, entraStatus(refused.code), entraError(refused));
  const clientId = clientIdOf(form, request.headers.authorization);
  if (clientId === '') return refuse({ code: 900144, parameter: 'client_id' });
  const app = apps.get(clientId);
  if (!app) return refuse({ code: 700016 });
  const notUsed = whyNotUsed(app);
  if (notUsed) return refuse(notUsed);
  const notThrough = whyNotThrough(tenant, app);
  if (notThrough !== null) return refuse({ code: notThrough });
  const translated = translateDeviceRequest(form, app, tenant);
  if ('code' in translated) return refuse(translated);
  await pass(providerFor(tenant, null, providers), withForm(request, translated), response);
}

/** What an administrator consented to for everybody, a refresh token may be used for, whatever it was asked for. */
function widen(token: AdapterPayload, asked: URLSearchParams): void {
  const scopes = (asked.get('scope') ?? '').split(' ').filter((scope) => !identityScopes.includes(scope));
  token.scope = [...new Set([...(token.scope ?? '').split(' '), ...scopes])].join(' ');
  const resources = [token.resource ?? [], asked.get('resource') ?? []].flat();
  token.resource = [...new Set(resources)];
}

function clientIdOf(form: URLSearchParams, authorization: string | undefined): string {
  const given = form.get('client_id');
  if (given !== null) return given;
  const [, encoded = ''] = /^Basic (.+)$/i.exec(authorization ?? '') ?? [];
  return decodeURIComponent(Buffer.from(encoded, 'base64').toString().split(':')[0] ?? '');
}
