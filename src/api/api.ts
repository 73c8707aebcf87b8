import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { logUnexpected } from '../http/app.ts';
import { problemResponse } from '../http/problem-response.ts';
import { notFound, Problem } from '../model/problem.ts';
import { validate } from '../resources/validation.ts';
import type { Log } from '../telemetry/log.ts';
import type { Authorize } from './authorize.ts';
import { azureSetupRoutes } from './azure-setups.ts';
import { consentRoutes } from './consent.ts';
import { deliveryRoutes } from './deliveries.ts';
import { descriptionRoutes } from './description.ts';
import { destinationRoutes } from './destinations.ts';
import { deviceCodeRoutes } from './device-code.ts';
import { discoveryRoutes } from './discovery.ts';
import { doctorRoutes } from './doctor.ts';
import { downloadRoutes } from './downloads.ts';
import { guideRoutes } from './guide.ts';
import { readJson, readNothing } from './json-body.ts';
import { mailboxAccessRoutes } from './mailbox-access.ts';
import { mailboxAuditRoutes } from './mailbox-audit.ts';
import { messageRoutes } from './messages.ts';
import { ndjsonResponse } from './ndjson.ts';
import { openApiDocument } from './openapi.ts';
import { outgoingRoutes } from './outgoing.ts';
import { outgoingServerRoutes } from './outgoing-servers.ts';
import { overviewRoutes } from './overview.ts';
import { certificateRoutes } from './profiles.ts';
import { quarantineRoutes } from './quarantine.ts';
import { resourceRoutes } from './resources.ts';
import type { Route } from './route.ts';
import { serverRoutes } from './servers.ts';

const others = [
  overviewRoutes,
  azureSetupRoutes,
  certificateRoutes,
  consentRoutes,
  deviceCodeRoutes,
  discoveryRoutes,
  serverRoutes,
  doctorRoutes,
  guideRoutes,
  mailboxAccessRoutes,
  mailboxAuditRoutes,
  destinationRoutes,
  messageRoutes,
  outgoingServerRoutes,
  outgoingRoutes,
  deliveryRoutes,
  quarantineRoutes,
  downloadRoutes,
];

const noQuery = z.strictObject({});

/**
 * The API: JSON over {@link Administration}, errors as problem documents. It is a part of `createApp`, which
 * limits bodies and answers what is thrown. Routes that are not `open` are for those whom `authorize` lets in.
 */
export function createApi({
  administration,
  authorize,
  log,
}: {
  administration: Administration;
  authorize: Authorize;
  log: Log;
}): Hono {
  const routes: Route[] = [
    ...descriptionRoutes(() => openApiDocument(routes, new URL(administration.consent.redirectUri).origin)),
    ...resourceRoutes(administration.resources),
    ...others.flatMap((routes) => routes(administration)),
  ];

  const api = new Hono();
  for (const route of routes)
    api.on(route.method.toUpperCase(), route.path, async (c) => {
      if (!route.open && !(await authorize(c))) throw notSignedIn();
      return answer(c, route, (error) => logUnexpected(log, error));
    });
  for (const [path, methods] of methodsByPath(routes)) api.all(path, () => wrongMethod(methods));
  api.all('/api/*', () => problemResponse(unknownAddress()));
  return api;
}

async function answer(c: Context, route: Route, onError: (error: unknown) => void): Promise<Response> {
  const result = await route.handle({
    id: c.req.param('id') ?? '',
    query: validate(route.query ?? noQuery, c.req.query()),
    body: await readBody(c, route),
    c,
  });
  switch (route.answer.kind) {
    case 'nothing':
      return c.body(null, 204);
    case 'json':
      return c.json(result, route.answer.status);
    case 'lines':
      return ndjsonResponse(result as AsyncIterable<unknown>, onError);
    case 'bytes':
      return result as Response;
  }
}

function readBody(c: Context, { method, body }: Route): unknown {
  if (method === 'get' || method === 'delete') return undefined;
  return body ? readJson(c) : readNothing(c);
}

function methodsByPath(routes: Route[]): Map<string, string[]> {
  const byPath = new Map<string, string[]>();
  for (const { path, method } of routes) {
    // Hono answers HEAD as GET without the body.
    const methods = method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()];
    byPath.set(path, [...(byPath.get(path) ?? []), ...methods]);
  }
  return byPath;
}

function notSignedIn(): Problem {
  return new Problem({
    code: 'session.missing',
    kind: 'unauthenticated',
    title: 'The API is for signed-in administrators',
    cause: 'There is no session, it has ended, or another site sent the request.',
    remedy: 'Sign in to the console first; or use the letterbox command on the machine itself.',
  });
}

/** RFC 9110 15.5.6 asks for `Allow`. */
function wrongMethod(methods: string[]): Response {
  const response = problemResponse(
    new Problem({
      code: 'request.method',
      kind: 'method',
      title: 'This address does not take this method',
      detail: `It takes ${methods.join(', ')}.`,
      remedy: 'See /api/openapi.json for what it takes.',
    }),
  );
  response.headers.set('allow', methods.join(', '));
  return response;
}

function unknownAddress(): Problem {
  return notFound('The API has no such address', undefined, 'See /api/openapi.json for those it has.');
}
