import type { MiddlewareHandler } from 'hono';
import { Problem } from '../model/problem.ts';

/**
 * Bodies of more KiB than this throw `request.too-large`: at once where their length is declared, else when so much has
 * come. Nothing is read before somebody asks for it. `what` names what is sent there.
 */
export function limitBody(what: string, kibibytes: number): MiddlewareHandler {
  const most = kibibytes * 1024;
  return async (c, next) => {
    const { headers } = c.req.raw;
    if (!headers.has('transfer-encoding')) {
      if (Number(headers.get('content-length') ?? 0) > most) throw tooLarge(what, kibibytes);
    } else if (c.req.raw.body) {
      let bytes = 0;
      const counted = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          bytes += chunk.length;
          if (bytes > most) controller.error(tooLarge(what, kibibytes));
          else controller.enqueue(chunk);
        },
      });
      const body = c.req.raw.body.pipeThrough(counted);
      c.req.raw = new Request(c.req.raw, { body, duplex: 'half' } as RequestInit);
    }
    return next();
  };
}

function tooLarge(what: string, kibibytes: number): Problem {
  const limit = kibibytes < 1024 ? `${kibibytes} KiB` : `${kibibytes / 1024} MiB`;
  return new Problem({
    code: 'request.too-large',
    kind: 'too-large',
    title: `The ${what} is larger than ${limit}`,
    remedy: `Send at most ${limit} at once.`,
  });
}
