import { type Context, Hono } from 'hono';
import type { Administration } from '../administration/administration.ts';
import { limitBody } from '../http/body-limit.ts';
import { bodyKibibytes } from '../http/limits.ts';
import { invalidInput } from '../model/problem.ts';
import { readJson } from './json-body.ts';

/** Microsoft's have some 100 characters; what is longer is not theirs. */
const maxTokenLength = 1024;

/**
 * The notification URLs where Microsoft Graph tells of changes (Microsoft: Receive change notifications through webhooks). There
 * is no session: each notification names its client state. The answer is the same whether or not there is such a server,
 * and comes at once: what is told is only a reason to look.
 */
export function createNotificationApp({
  graphNotifications,
}: Pick<Administration, 'graphNotifications'>): Hono {
  return new Hono().post(
    '/notifications/graph/:serverId',
    limitBody('notification', bodyKibibytes.notification),
    async (c) => {
      const validationToken = c.req.query('validationToken');
      if (validationToken !== undefined) return echo(c, validationToken);
      graphNotifications.receive(c.req.param('serverId'), await readJson(c));
      return c.body(null, 202);
    },
  );
}

/** The handshake when a subscription is made: the token in plain text, which no browser takes for anything else. */
function echo(c: Context, validationToken: string): Response {
  if (validationToken.length > maxTokenLength)
    throw invalidInput([{ field: 'validationToken', expected: `at most ${maxTokenLength} characters` }]);
  return c.text(validationToken, 200, { 'x-content-type-options': 'nosniff' });
}
