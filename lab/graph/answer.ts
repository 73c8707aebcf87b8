import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { authenticate } from './access.ts';
import { deltaRoute } from './delta.ts';
import { GraphError, sendError } from './errors.ts';
import type { Faults } from './faults.ts';
import { folderRoutes } from './folders.ts';
import { messageRoutes } from './messages.ts';
import type { Notifier } from './notifier.ts';
import { type Ask, match, type Route, segmentsOf, type World } from './request.ts';
import { sendMailRoute } from './send-mail.ts';
import { subscriptionRoutes } from './subscription-routes.ts';

/** One request that was answered, without its token. */
export interface GraphRequest {
  method: string;
  path: string;
  status: number;
  immutableIds: boolean;
}

/** Answers requests, and remembers them. */
export class Answers {
  /** Those that were answered. */
  readonly requests: GraphRequest[] = [];
  readonly #world: World;
  readonly #authority: { keysFolder: string; issuer: string };
  readonly #routes: Route[];
  #underWay = 0;
  #mostAtOnce = 0;

  constructor(world: World, authority: { keysFolder: string; issuer: string }, notifier: Notifier) {
    this.#world = world;
    this.#authority = authority;
    // The more particular paths come first: `delta` is no id of a message
    this.#routes = [
      deltaRoute,
      ...folderRoutes,
      ...messageRoutes,
      sendMailRoute,
      ...subscriptionRoutes(notifier),
    ];
  }

  /** The most requests that were under way at once. */
  mostAtOnce(): number {
    return this.#mostAtOnce;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#route(request, response);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else if (error instanceof GraphError) sendError(response, error);
      else sendError(response, new GraphError(500, 'generalException', String(error)));
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request;
    const url = new URL(request.url ?? '/', this.#world.origin);
    const preferences = readPreferences(headers.prefer);
    nameRequest(headers['client-request-id'], response);
    this.#remember(method, url, preferences.immutableIds, response);
    const caller = await authenticate(headers.authorization, this.#authority);
    interrupt(this.#world.faults);
    const path = url.pathname.replace(/^\/v1\.0\//, '');
    const segments = segmentsOf(path);
    for (const route of this.#routes) {
      const params = route.method === method ? match(route.path, segments) : null;
      if (!params) continue;
      const query = url.searchParams;
      const asked = { world: this.#world, caller, params, path, query, ...preferences, request };
      const answered = await route.answer(asked);
      applied(preferences, response);
      if (typeof answered === 'function') return answered(response);
      const { status, json, headers: more } = answered;
      response.writeHead(status, { ...(json && { 'content-type': jsonType }), ...more });
      response.end(json && JSON.stringify(json));
      return;
    }
    throw new GraphError(400, 'BadRequest', `Resource not found for the segment '${segments.at(-1)}'.`);
  }

  #remember(method: string, url: URL, immutableIds: boolean, response: ServerResponse): void {
    this.#mostAtOnce = Math.max(this.#mostAtOnce, ++this.#underWay);
    response.once('close', () => {
      this.#underWay--;
      const path = decodeURIComponent(url.pathname);
      this.requests.push({ method, path, status: response.statusCode, immutableIds });
    });
  }
}

const jsonType =
  'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';

/** By which Microsoft finds a request again; the client may have a name for it of its own. */
function nameRequest(clientRequestId: string | string[] | undefined, response: ServerResponse): void {
  const requestId = randomUUID();
  response.setHeader('request-id', requestId);
  response.setHeader('client-request-id', clientRequestId ?? requestId);
}

/** Which preferences were followed (RFC 7240 3). */
function applied({ immutableIds, maxPageSize }: Preferences, response: ServerResponse): void {
  const followed = [
    ...(immutableIds ? ['IdType="ImmutableId"'] : []),
    ...(maxPageSize === null ? [] : [`odata.maxpagesize=${maxPageSize}`]),
  ];
  if (followed.length > 0) response.setHeader('preference-applied', followed.join(','));
}

type Preferences = Pick<Ask, 'immutableIds' | 'maxPageSize'>;

/** The Prefer field (RFC 7240), as far as it is known here. */
function readPreferences(field: string | string[] | undefined): Preferences {
  const prefer = [field ?? []].flat().join(',');
  const [, maxPageSize] = /odata\.maxpagesize\s*=\s*(\d+)/i.exec(prefer) ?? [];
  return {
    immutableIds: /IdType\s*=\s*"?ImmutableId"?/i.test(prefer),
    maxPageSize: maxPageSize === undefined ? null : Number(maxPageSize),
  };
}

/** Throttling (Microsoft: throttling guidance) and outages, when they are switched on. */
function interrupt(faults: Faults): void {
  const headers: Record<string, string> =
    faults.retryAfter === null ? {} : { 'retry-after': faults.retryAfter };
  if (faults.throttled > 0) {
    faults.throttled--;
    throw new GraphError(
      429,
      'ApplicationThrottled',
      'Application is over its MailboxConcurrency limit.',
      headers,
    );
  }
  if (faults.unavailable > 0) {
    faults.unavailable--;
    throw new GraphError(503, 'serviceNotAvailable', 'The service is not available.', headers);
  }
}
