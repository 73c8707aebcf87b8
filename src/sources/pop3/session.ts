import { setTimeout as pause } from 'node:timers/promises';
import { type MailServer, userOf } from '../../model/mail-server.ts';
import { Problem } from '../../model/problem.ts';
import type { AccessToken, TokenSource } from '../../model/token.ts';
import { saysTokenExpired } from '../../network/exchange-words.ts';
import type { Trust } from '../../network/trust.ts';
import type { Log } from '../../telemetry/log.ts';
import { stopped } from '../message-problems.ts';
import { connect, type Pop3Connection } from './connection.ts';
import { Pop3Refusal } from './errors.ts';
import { type Doing, explain } from './explain.ts';
import { type Listing, listMessages } from './listing.ts';
import { type Capabilities, readCapabilities, signIn } from './sign-in.ts';

/** One signed-in session: it has the maildrop locked, and its message numbers mean something until it ends. */
export interface Session {
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
 * Signs in and lists the messages. A refused token is discarded and a fresh one tried, once; there is no fresh
 * password. A locked maildrop is tried again for some seconds. The session ends when `signal` aborts. Throws a Problem.
 */
export async function openSession(needs: SessionNeeds, signal: AbortSignal): Promise<Session> {
  const pauses = [...lockedPauses];
  for (let isSecondTry = false; ; ) {
    const credential = await needs.tokens.accessToken(signal).catch((error) => {
      throw signal.aborted ? stopped(needs.server) : Problem.from(error);
    });
    if (signal.aborted) throw stopped(needs.server);
    try {
      return await open(needs, credential, signal);
    } catch (error) {
      if (signal.aborted) throw stopped(needs.server);
      const problem = Problem.from(error);
      if (problem.kind === 'busy' && pauses.length > 0) {
        await pause(pauses.shift(), undefined, { signal }).catch(() => {});
      } else if (problem.kind === 'sign-in') {
        needs.tokens.discard(credential.token);
        if (isSecondTry || credential.isPassword) throw problem;
        isSecondTry = true;
      } else {
        throw problem;
      }
    }
  }
}

async function open(
  { server, tokens, trust, log }: SessionNeeds,
  credential: AccessToken,
  signal: AbortSignal,
): Promise<Session> {
  const openedAt = Date.now();
  const explainHere = (error: unknown, doing: Doing) => {
    if (error instanceof Pop3Refusal && saysTokenExpired(error.said)) tokens.discard(credential.token);
    return explain(error, server, doing);
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
      connection,
      listing,
      capabilities,
      openedAt,
      openingMs: Date.now() - openedAt,
      retrieved: new Set(),
      explain: (error, command) => (signal.aborted ? stopped(server) : explainHere(error, { command })),
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
