import { sleep } from '../../concurrency/sleep.ts';
import { userOf } from '../../model/mail-server.ts';
import { Problem } from '../../model/problem.ts';
import type { AccessToken, TokenSource } from '../../model/token.ts';
import { saysTokenExpired } from '../../network/exchange-words.ts';
import { withFreshToken } from '../../network/fresh-token.ts';
import { thrownWithoutSecrets } from '../../network/redaction.ts';
import type { Trust } from '../../network/trust.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import type { Log } from '../../telemetry/log.ts';
import { connect, type Pop3Connection } from './connection.ts';
import { Pop3Refusal } from './errors.ts';
import { type Doing, explain } from './explain.ts';
import { type Listing, listMessages } from './listing.ts';
import { type Capabilities, readCapabilities, signIn } from './sign-in.ts';

/** One signed-in session: it has the maildrop locked, and its message numbers mean something until it ends. */
export interface Session {
  readonly server: MailServer;
  readonly connection: Pop3Connection;
  readonly listing: Listing;
  readonly capabilities: Capabilities;
  readonly openedAt: number;
  /** How long it took to sign in and to list the messages. */
  readonly openingMs: number;
  /** Unique ids that were read by RETR: some servers forget those at QUIT. */
  readonly retrieved: Set<string>;
  /** What to tell a person about an error that came up in it. */
  explain(error: unknown, command: string): Problem;
  /** Ends it, and makes its deletions true (RFC 1939 6). Throws when the server did not say that they are. */
  quit(): Promise<void>;
  /** Ends it at once; nothing is deleted. */
  close(): void;
}

export interface SessionNeeds {
  server: MailServer;
  tokens: TokenSource;
  log: Log;
  trust: Trust;
}

/** A locked maildrop is tried again after so long; most sessions of other programs are short. */
const lockedPauses = [250, 500, 1_000, 2_000, 4_000];

/**
 * Signs in and lists the messages. A locked maildrop is tried again for some seconds. The session ends when `signal`
 * aborts. Throws a Problem, or why `signal` aborted.
 */
export async function openSession(needs: SessionNeeds, signal: AbortSignal): Promise<Session> {
  for (let locked = 0; ; locked++)
    try {
      return await withFreshToken(needs.tokens, (token) => open(needs, token, signal), signal);
    } catch (error) {
      const pause = lockedPauses[locked];
      if (signal.aborted || pause === undefined || Problem.from(error).kind !== 'busy') throw error;
      await sleep(pause, signal);
    }
}

async function open(
  { server, tokens, trust, log }: SessionNeeds,
  credential: AccessToken,
  signal: AbortSignal,
): Promise<Session> {
  const openedAt = performance.now();
  const explainHere = (error: unknown, doing: Doing) => {
    if (error instanceof Pop3Refusal && saysTokenExpired(error.said)) tokens.discard(credential.token);
    return thrownWithoutSecrets(explain(error, server, doing), [credential.token]);
  };
  let doing: Doing = { signingIn: credential.isPassword ? 'password' : 'token' };
  let connection: Pop3Connection | null = null;
  try {
    connection = await connect(server, trust, signal);
    const capabilities = await readCapabilities(connection);
    await signIn(connection, capabilities, userOf(server), credential);
    doing = { command: 'list the messages' };
    const listing = await listMessages(connection, server);
    log.debug({ capabilities: [...capabilities.keys()] }, 'Signed in to the mail server');
    return {
      server,
      connection,
      listing,
      capabilities,
      openedAt,
      openingMs: performance.now() - openedAt,
      retrieved: new Set(),
      explain: (error, command) => explainHere(error, { command }),
      quit: () => quit(connection as Pop3Connection),
      close: () => connection?.close(),
    };
  } catch (error) {
    connection?.close();
    throw explainHere(error, doing);
  }
}

async function quit(connection: Pop3Connection): Promise<void> {
  try {
    await connection.command('QUIT');
  } finally {
    connection.close();
  }
}
