import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { Problem } from '../model/problem.ts';

/** Bodies of more KiB than this throw `request.too-large`; `what` names what is sent there. */
export function limitBody(what: string, kibibytes: number): MiddlewareHandler {
  const limit = kibibytes < 1024 ? `${kibibytes} KiB` : `${kibibytes / 1024} MiB`;
  return bodyLimit({
    maxSize: kibibytes * 1024,
    onError: () => {
      throw new Problem({
        code: 'request.too-large',
        kind: 'too-large',
        title: `The ${what} is larger than ${limit}`,
        remedy: `Send at most ${limit} at once.`,
      });
    },
  });
}
