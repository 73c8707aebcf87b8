import type { Socket } from 'node:net';
import { ImapFlow, type ImapFlowError, type ImapTransport } from 'imapflow';
import { userOf } from '../../model/mail-server.ts';
import type { Problem } from '../../model/problem.ts';
import type { AccessToken, TokenSource } from '../../model/token.ts';
import { openSecured, openSocket } from '../../network/connect.ts';
import { askedBackoff, saysTokenExpired } from '../../network/exchange-words.ts';
import { withFreshToken } from '../../network/fresh-token.ts';
import { thrownWithoutSecrets } from '../../network/redaction.ts';
import { startTls } from '../../network/socket.ts';
import type { Trust } from '../../network/trust.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import type { Log } from '../../telemetry/log.ts';
import { refused } from '../folder-problems.ts';
import { type ConnectionFacts, explain, saidBy } from './explain.ts';

/** One signed-in IMAP connection. */
export interface ImapConnection {
  readonly client: ImapFlow;
  readonly server: MailServer;
  /** What to tell a person about an error that came up on this connection; `doing` as in {@link explain}. */
  explain(error: unknown, doing?: string): Problem;
  /** The same after a command of imapflow that answers a refusal with `false` instead of an error. */
  explainRefusal(doing: string): Problem;
  /** Ends it at once; commands under way fail. */
  close(): void;
}

export interface ConnectionNeeds {
  server: MailServer;
  tokens: TokenSource;
  log: Log;
  trust: Trust;
  maxMessageBytes: number;
}

const connectMs = 30_000;
const greetingMs = 20_000;
/** No byte for so long while an answer is due: the connection is dead. A long SEARCH is quiet meanwhile. */
const silenceMs = 180_000;
const mebibyte = 1024 * 1024;

/** An answer may have so many untagged lines before its end, a long one counted as several: we must not wait, nor fill, for ever. */
const mostUntagged = 50_000;
const longLine = 256;

/** A pause that the server asks for is waited out up to so long; for a longer one the connection is given back. */
const shortPauseMs = 5_000;

/**
 * Connects with TLS from the first byte or by required STARTTLS, and signs in with XOAUTH2 or OAUTHBEARER, or with
 * a password by PLAIN or LOGIN. The connection closes when `signal` aborts. Throws a Problem, or why `signal` aborted.
 */
export function openConnection(needs: ConnectionNeeds, signal: AbortSignal): Promise<ImapConnection> {
  return withFreshToken(needs.tokens, (token) => connect(needs, token, signal), signal);
}

async function connect(
  needs: ConnectionNeeds,
  token: AccessToken,
  signal: AbortSignal,
): Promise<ImapConnection> {
  const socket = await open(needs, signal);
  const connection = createConnection(needs, token, socket);
  const { client } = connection;
  const abort = () => connection.close();
  signal.addEventListener('abort', abort, { once: true });
  client.once('close', () => signal.removeEventListener('abort', abort));
  try {
    await client.connect();
  } catch (error) {
    connection.close();
    socket.destroy();
    throw connection.explain(error);
  }
  needs.log.debug({ capabilities: [...client.capabilities.keys()] }, 'Signed in to the mail server');
  return connection;
}

async function open({ server, trust }: ConnectionNeeds, signal: AbortSignal): Promise<Socket> {
  const opening = { connectMs, signal };
  try {
    return await (server.security === 'tls'
      ? openSecured(server, trust, opening)
      : openSocket(server, opening));
  } catch (error) {
    throw signal.aborted ? signal.reason : explain(error, server);
  }
}

function createConnection(
  { server, tokens, trust, maxMessageBytes }: ConnectionNeeds,
  token: AccessToken,
  socket: Socket,
): ImapConnection {
  const facts: ConnectionFacts = { byPassword: token.isPassword === true };
  const user = userOf(server);
  const client = new ImapFlow({
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    ...(server.security === 'starttls' && { doSTARTTLS: true }),
    tls: trust,
    transport: transportOver(socket, { server, trust }),
    auth: token.isPassword ? { user, pass: token.token } : { user, accessToken: token.token },
    clientInfo: { name: 'Letterbox', vendor: false, version: false, 'support-url': false },
    connectionTimeout: connectMs,
    greetingTimeout: greetingMs,
    socketTimeout: silenceMs,
    // IDLE after this long without a command, so that a slow consumer does not cost the connection
    autoIdleDelay: 20_000,
    // A literal is one message or a piece of one, and may be somewhat larger than was announced
    maxLiteralSize: maxMessageBytes + 2 * mebibyte,
    maxResponseSize: maxMessageBytes + 4 * mebibyte,
    // Rarely offered with IMAP; here it would only cost memory and time
    disableCompression: true,
    disableIMAP4rev2: true,
    maxLockHoldTime: false,
    logger: wordsInto(facts, () => client.close()),
  });
  client.on('error', (error: ImapFlowError) => {
    facts.failure = error;
  });
  client.on('close', () => {
    if (saysTokenExpired(client.byeReason ?? '')) tokens.discard(token.token);
  });
  const explainHere = (error: unknown, doing?: string) => {
    if (saysTokenExpired(saidBy(error as ImapFlowError))) tokens.discard(token.token);
    const here = { ...facts, byeReason: client.byeReason, usable: client.usable };
    return thrownWithoutSecrets(explain(error, server, here, doing), [token.token]);
  };
  return {
    client,
    server,
    explain: explainHere,
    explainRefusal(doing) {
      const refusal = facts.refusal;
      facts.refusal = undefined;
      if (!client.usable) return explainHere(refusal ?? new Error('closed'));
      return refusal ? explainHere(refusal, doing) : refused(server, doing, '');
    },
    close: () => client.close(),
  };
}

/** imapflow opens nothing by itself: it is given what is open, and asks for TLS where STARTTLS was agreed on. */
function transportOver(
  socket: Socket,
  { server, trust }: Pick<ConnectionNeeds, 'server' | 'trust'>,
): ImapTransport {
  return {
    connect(_, onConnect) {
      setImmediate(onConnect);
      return socket;
    },
    upgrade: (_, __, onSecure) => startTls(socket, server.host, trust).once('secureConnect', onSecure),
  };
}

/**
 * imapflow's own log is left out, as it may quote mail. But its STORE, MOVE, COPY and SEARCH answer a refusal
 * with `false`, and only the log says what the server said: so that is kept. So is a request to slow down, which
 * Exchange Online puts into answers of any kind, also OK: the connection is then closed, as imapflow would wait and
 * go on by itself for minutes, and nobody could tell why.
 */
function wordsInto(facts: ConnectionFacts, close: () => void) {
  const nothing = () => {};
  const asksForLongPause = (said: string): boolean => {
    const backoff = askedBackoff(said);
    if (backoff === null || (backoff > 0 && backoff <= shortPauseMs)) return false;
    facts.throttled = said;
    return true;
  };
  let untagged = 0;
  const note = (line: string) => {
    untagged = /^[*+] /.test(line) ? untagged + 1 + line.length / longLine : 0;
    if (untagged <= mostUntagged) return;
    facts.failure = endless();
    close();
  };
  return {
    trace: nothing,
    /** Every line of the server but those with mail (FETCH), which are traced only: to have them written costs too much. */
    debug({ src, msg = '' }: { src?: string; msg?: string }) {
      if (src !== 's') return;
      note(msg);
      const [, said] = /^\S+ OK (.*)/.exec(msg) ?? [];
      // So the command fails instead of having done well
      if (said && asksForLongPause(said)) close();
    },
    info: nothing,
    warn(entry: { err?: ImapFlowError }) {
      if (!entry.err?.responseStatus) return;
      facts.refusal = entry.err;
      // imapflow has just begun to wait; the closing ends that
      if (asksForLongPause(saidBy(entry.err))) setImmediate(close);
    },
    error: nothing,
    fatal: nothing,
    isLevelEnabled: (level: string) => level === 'warn' || level === 'debug',
  };
}

/** As imapflow tells of what is too large. */
export function endless(): ImapFlowError {
  return Object.assign(new Error('an answer without an end'), { code: 'ResponseTooLarge' }) as ImapFlowError;
}
