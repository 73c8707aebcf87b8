import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import { authenticate } from './access.ts';
import { deltaRoute } from './delta.ts';
import { GraphError, sendError } from './errors.ts';
import type { Faults } from './faults.ts';
import { folderRoutes } from './folders.ts';
import { messageRoutes } from './messages.ts';
import type { Notifier } from './notifier.ts';
import { match, segmentsOf, type World } from './request.ts';
import { sendMailRoute } from './send-mail.ts';
import { subscriptionRoutes } from './subscription-routes.ts';

/** One request that was answered, without its token. */
export interface GraphRequest {
  method: string;
  path: string;
  status: number;
  immutableIds: boolean;
}

/** Answers the requests that come to the server, and remembers them. */
export function answerRequests(
  server: Server,
  world: World,
  authority: { keysFolder: string; issuer: string },
  notifier: Notifier,
) {
  // The more particular paths come first: `delta` is no id of a message
  const routes = [
    deltaRoute,
    ...folderRoutes,
    ...messageRoutes,
    sendMailRoute,
    ...subscriptionRoutes(notifier),
  ];
  const requests: GraphRequest[] = [];
  let underWay = 0;
  let mostAtOnce = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request;
    const url = new URL(request.url ?? '/', world.origin);
    const prefer = [headers.prefer ?? []].flat().join(',');
    const immutableIds = /IdType\s*=\s*"?ImmutableId"?/i.test(prefer);
    const [, maxPageSize] = /odata\.maxpagesize\s*=\s*(\d+)/i.exec(prefer) ?? [];
    mostAtOnce = Math.max(mostAtOnce, ++underWay);
    response.once('close', () => {
      underWay--;
      requests.push({
        method,
        path: decodeURIComponent(url.pathname),
        status: response.statusCode,
        immutableIds,
      });
    });
    const caller = await authenticate(headers.authorization, authority);
    interrupt(world.faults);
    const path = url.pathname.replace(/^\/v1\.0\//, '');
    const segments = segmentsOf(path);
    for (const route of routes) {
      const params = route.method === method ? match(route.path, segments) : null;
      if (!params) continue;
      const answered = await route.answer({
        world,
        caller,
        params,
        path,
        query: url.searchParams,
        immutableIds,
        maxPageSize: maxPageSize === undefined ? null : Number(maxPageSize),
        request,
      });
      if (typeof answered === 'function') return answered(response);
      const { status, json, headers: more } = answered;
      response.writeHead(status, { ...(json && { 'content-type': 'application/json' }), ...more });
      response.end(json && JSON.stringify(json));
      return;
    }
    throw new GraphError(400, 'BadRequest', `Resource not found for the segment '${segments.at(-1)}'.`);
  }

  server.on('request', (request, response) => {
    answer(request, response).catch((error) => {
      if (response.headersSent) response.destroy();
      else if (error instanceof GraphError) sendError(response, error);
      else sendError(response, new GraphError(500, 'generalException', String(error)));
    });
  });
  return { requests, mostAtOnce: () => mostAtOnce };
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
