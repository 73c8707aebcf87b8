import { Hono } from 'hono';
import { notFound, Problem } from '../model/problem.ts';
import type { Log } from '../telemetry/log.ts';
import { limitBody } from './body-limit.ts';
import { bodyKibibytes } from './limits.ts';
import { problemResponse } from './problem-response.ts';
import { securityHeaders } from './security-headers.ts';

/**
 * What the server answers, all of it: the apps in their order, the last one (the console) taking what
 * the others do not know. Bodies are limited to 1 MiB.
 */
export function createApp({ apps, log }: { apps: Hono[]; log: Log }): Hono {
  const app = new Hono();
  app.use(securityHeaders());
  app.use(limitBody('request', bodyKibibytes.request));
  for (const part of apps) app.route('/', part);
  app.notFound(() =>
    problemResponse(
      notFound(
        'There is nothing at this address',
        undefined,
        'Open the console at / and choose a page there.',
      ),
    ),
  );
  app.onError((error) => {
    logUnexpected(log, error);
    return problemResponse(error);
  });
  return app;
}

/** Logs what is no problem of the user's but of ours. */
export function logUnexpected(log: Log, error: unknown): void {
  if (!(error instanceof Problem)) log.error({ err: error }, 'a request failed unexpectedly');
}
