import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AdapterPayload, Provider } from 'oidc-provider';
import type { LabApp } from './apps.ts';
import { authenticateApp } from './client-authentication.ts';
import type { Directory } from './directory.ts';
import { entraError, entraStatus, type Refused } from './entra-errors.ts';
import { readForm, sendJson, withForm } from './exchange.ts';
import type { Faults } from './faults.ts';
import type { LabStorage } from './memory-adapter.ts';
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
  { providers, apps, directory, storage, faults, audiences, note, pass }: EndpointParts,
): Promise<void> {
  const form = await readForm(request);
  // Entra's own clients leave out what the standard puts before it.
  if (form.get('grant_type') === 'device_code') form.set('grant_type', deviceCodeGrant);
  const grant = form.get('grant_type') ?? '';
  const refuse = (refused: Refused) => sendJson(response, entraStatus(refused.code), entraError(refused));
  const clientId = clientIdOf(form, request.headers.authorization);
  const app = apps.get(clientId);
  const shown = app
    ? await authenticateApp(app, form, request.headers.authorization, audiences(tenant))
    : { code: 700016 };
  note({
    path: 'token',
    grant,
    scope: form.get('scope') ?? '',
    client: 'method' in shown ? shown.method : null,
    at: Date.now(),
  });
  if (faults.slowMilliseconds) await sleep(faults.slowMilliseconds);
  if (faults.serverError > 0) {
    faults.serverError--;
    return refuse({ code: 90033 });
  }
  const malformed = whyMalformed(form, clientId);
  if (malformed) return refuse(malformed);
  const notYet = app?.notYetKnown.shift();
  if (notYet !== undefined) return refuse({ code: notYet });
  if (app && !app.hasPrincipal) return refuse({ code: 7000229 });
  if (faults.secretExpired) return refuse({ code: 7000222 });
  if (!app || !('method' in shown)) return refuse('code' in shown ? shown : { code: 700016 });
  const notThrough = whyNotThrough(tenant, app);
  if (notThrough !== null) return refuse({ code: notThrough });
  if (grant === deviceCodeGrant && faults.slowDown > 0) {
    faults.slowDown--;
    return sendJson(response, 400, { ...entraError({ code: 70016 }), error: 'slow_down' });
  }
  const translated = translateTokenRequest(form, app, tenant, faults);
  if ('code' in translated) return refuse(translated);
  if (faults.loseAnswerAfterRotation > 0) {
    faults.loseAnswerAfterRotation--;
    response.end = () => response.destroy();
  }
  const [kind, field] = sources[grant] ?? ['', ''];
  const source = storage.find(kind, form.get(field) ?? '');
  if (grant === 'refresh_token' && source && app.adminConsented) widen(source, translated);
  const next = withForm(request, translated);
  // For the answer, which Entra gives to those who ask.
  next.headers['x-client-info'] = form.get('client_info') ?? '';
  const account = source?.accountId === undefined ? null : directory.accountOf(source.accountId);
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
