import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { authenticate, type Caller } from '../graph/access.ts';
import { GraphError, sendError } from '../graph/errors.ts';
import { match } from '../graph/request.ts';
import { applicationRoutes } from './applications.ts';
import { consentRoutes } from './consents.ts';
import { denied } from './errors.ts';
import type { Faults } from './faults.ts';
import { organizationRoute } from './organization.ts';
import { servicePrincipalRoutes } from './service-principals.ts';
import type { Answer, Route, World } from './world.ts';

const routes: Route[] = [
  organizationRoute,
  ...applicationRoutes,
  ...servicePrincipalRoutes,
  ...consentRoutes,
];

/** One request that came, without its token. */
export interface DirectoryRequest {
  method: string;
  path: string;
  /** Null while it is not answered. */
  status: number | null;
}

type Keys = { keysFolder: string; issuer: string };

/** Answers a request. Whatever is refused, is refused as Graph does it. */
export async function answer(
  world: World,
  keys: Keys,
  noted: DirectoryRequest[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', world.origin);
  const one: DirectoryRequest = {
    method: request.method ?? '',
    path: decodeURIComponent(url.pathname + url.search),
    status: null,
  };
  const number = noted.push(one);
  response.setHeader('request-id', randomUUID());
  response.setHeader('client-request-id', request.headers['client-request-id'] ?? randomUUID());
  response.once('close', () => {
    one.status = response.writableEnded ? response.statusCode : null;
  });
  const { halt } = world.faults;
  const isHalted = halt?.at === number;
  if (isHalted && !halt.carriedOut) return halt.reached();
  try {
    const { status, json } = await route(world, keys, url, request);
    if (isHalted) return halt.reached();
    response.writeHead(
      status,
      json && { 'content-type': 'application/json;odata.metadata=minimal;charset=utf-8' },
    );
    response.end(json && JSON.stringify(json));
  } catch (error) {
    if (isHalted) return halt.reached();
    const refused =
      error instanceof GraphError ? error : new GraphError(500, 'generalException', String(error));
    sendError(response, refused);
  }
}

async function route(world: World, keys: Keys, url: URL, request: IncomingMessage): Promise<Answer> {
  const caller = await authenticate(request.headers.authorization, keys);
  interrupt(world.faults);
  const segments = segmentsOf(url.pathname.replace(/^\/v1\.0\//, ''));
  for (const one of routes) {
    const params = one.method === request.method ? match(one.path, segments) : null;
    if (!params) continue;
    assertAllowed(world, caller, one);
    const prefer = String(request.headers.prefer ?? '');
    return one.answer({ world, caller, params, query: url.searchParams, prefer, request });
  }
  throw new GraphError(400, 'BadRequest', `Resource not found for the segment '${segments.at(-1)}'.`);
}

/** What the token permits, and then what its account may do in this directory. Throws 403. */
function assertAllowed(world: World, { upn, permissions }: Caller, { scopes, roles }: Route): void {
  if (!scopes.some((scope) => permissions.has(scope))) throw denied();
  const own = world.rolesOf(upn ?? '');
  if (roles.length > 0 && !own.some((role) => [...roles, 'Global Administrator'].includes(role)))
    throw denied();
}

/** `applications(appId='…')/addPassword` as segments, the key one of its own (OData 4.01 URL conventions 4.3). */
function segmentsOf(path: string): string[] {
  return decodeURIComponent(path)
    .replace(/^(\w+)(\(\w+='(?:[^']|'')*'\))/, '$1/$2')
    .split(/\/(?![^(]*\))/)
    .filter((segment) => segment !== '');
}

/** Throttling (Microsoft: throttling guidance), outages and revoked sign-ins, when they are switched on. */
function interrupt(faults: Faults): void {
  const headers: Record<string, string> =
    faults.retryAfter === null ? {} : { 'retry-after': faults.retryAfter };
  if (faults.revoked > 0) {
    faults.revoked--;
    const message = 'Continuous access evaluation resulted in challenge with result: InteractionRequired';
    throw new GraphError(401, 'InvalidAuthenticationToken', message);
  }
  if (faults.throttled > 0) {
    faults.throttled--;
    throw new GraphError(429, 'TooManyRequests', 'Too many requests.', headers);
  }
  if (faults.unavailable > 0) {
    faults.unavailable--;
    throw new GraphError(503, 'serviceNotAvailable', 'The service is not available.', headers);
  }
}
