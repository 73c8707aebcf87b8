import { type Logger, pino } from 'pino';
import type { Config } from '../config/config.ts';

export type Log = Logger;

/** JSON lines on standard output. Names under which a secret could slip in are blanked, as a second net. */
export function createLog(level: Config['log']['level']): Log {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'token',
        'accessToken',
        'refreshToken',
        'clientSecret',
        'password',
        'secret',
        'authorization',
        'cookie',
      ].flatMap((name) => [name, `*.${name}`]),
      censor: '[removed]',
    },
  });
}
