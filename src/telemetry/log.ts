import { type LevelWithSilent, type Logger, pino } from 'pino';
import { lineForPeople } from './log-line.ts';

export type Log = Logger;

/** Names that a secret goes by in our own records, in OAuth 2.0 (RFC 6749) and in HTTP. */
const secretNames = [
  'token',
  'accessToken',
  'access_token',
  'refreshToken',
  'refresh_token',
  'idToken',
  'id_token',
  'code_verifier',
  'codeVerifier',
  'clientSecret',
  'client_secret',
  'client_assertion',
  'signingSecret',
  'masterKey',
  'password',
  'secret',
  'session',
  'authorization',
  'cookie',
  '"set-cookie"',
];

/**
 * The log: JSON lines, or a line of text for each where a person watches. Names under which a secret could
 * slip in are blanked down to the third level, as a second net: nobody should log one in the first place.
 */
export function createLog(
  level: LevelWithSilent,
  out: Pick<NodeJS.WriteStream, 'write' | 'isTTY'> = process.stdout,
): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: secretNames.flatMap((name) =>
          name.startsWith('"')
            ? [`[${name}]`, `*[${name}]`, `*.*[${name}]`]
            : [name, `*.${name}`, `*.*.${name}`],
        ),
        censor: '[removed]',
      },
    },
    out.isTTY ? { write: (line: string) => out.write(lineForPeople(line)) } : out,
  );
}
