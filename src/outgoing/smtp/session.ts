import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import SMTPConnection, { type SMTPConnectionSendInfo } from 'nodemailer/lib/smtp-connection';
import type { MailObject, SenderParts } from '../../delivery/sender.ts';
import type { AccessToken } from '../../model/token.ts';
import { type Opening, openSecured, openSocket } from '../../network/connect.ts';
import { withFreshToken } from '../../network/fresh-token.ts';
import { thrownWithoutSecrets } from '../../network/redaction.ts';
import { type Trust, trustFor } from '../../network/trust.ts';
import type { OutgoingServer } from '../../resources/outgoing-server/record.ts';
import { explain } from './explain.ts';
import { peerOf } from './problems.ts';
import { handlers, type Mechanism, mechanismFor, signIn } from './sign-in.ts';
import { lookupNear } from './unencrypted.ts';

/** One connection to the server, signed in. */
export interface Session {
  /** How it signed in; null where it did not. */
  signedInBy: Mechanism | null;
  /** It takes addresses with letters beyond ASCII (RFC 6531). */
  takesUtf8: boolean;
  /** MAIL, RCPT, DATA. Throws what the server or the network did, in nodemailer's words. */
  send(mail: MailObject): Promise<SMTPConnectionSendInfo>;
  /** Says goodbye; the connection ends by itself. */
  leave(): void;
  /** Ends it at once. */
  close(): void;
}

export type OpenSession = (signal: AbortSignal) => Promise<Session>;

const connectMs = 30_000;
const greetingMs = 30_000;
/** RFC 5321 4.5.3.2.6: who hangs up sooner after the last dot sends mail twice. */
const silenceMs = 10 * 60_000;
const goodbyeMs = 5_000;

/** Opens sessions; one that aborts closes. Throws a Problem. */
export function createSessions({ server, tokens, options }: SenderParts): OpenSession {
  let trust: Trust | null = null;

  async function open(token: AccessToken | null, signal: AbortSignal): Promise<Session> {
    trust ??= trustFor(peerOf(server));
    const socket = await connect(server, trust, {
      connectMs,
      signal,
      allowed: options.allowPrivateAddresses,
    });
    const connection = createConnection(server, trust, socket);
    const watched = watch(connection, signal);
    try {
      await watched((done) => connection.connect(done));
      const ehlo = connection.lastServerResponse || '';
      const mechanism = token && mechanismFor(server, token, ehlo);
      if (token && mechanism) await watched((done) => signIn(connection, server, token, mechanism, done));
      const takesUtf8 = /^250[- ]SMTPUTF8\b/im.test(ehlo);
      return sessionOn(connection, mechanism, takesUtf8, watched, token ? [token.token] : []);
    } catch (error) {
      connection.close();
      socket.destroy();
      throw error;
    }
  }

  async function explained(token: AccessToken | null, signal: AbortSignal): Promise<Session> {
    return open(token, signal).catch((error) => {
      throw explain(error, server, token);
    });
  }

  return (signal) =>
    tokens ? withFreshToken(tokens, (token) => explained(token, signal), signal) : explained(null, signal);
}

/** Without encryption only to this machine and networks that are allowed. */
function connect(
  server: OutgoingServer,
  trust: Trust,
  { allowed, ...opening }: Opening & { allowed: string[] },
): Promise<Socket> {
  if (server.security === 'tls') return openSecured(server, trust, opening);
  const lookup = server.security === 'none' ? lookupNear(server, allowed) : undefined;
  return openSocket(server, { ...opening, lookup });
}

/** nodemailer opens nothing by itself: it is given what is open. */
function createConnection(server: OutgoingServer, trust: Trust, socket: Socket): SMTPConnection {
  return new SMTPConnection({
    host: server.host,
    port: server.port,
    connection: socket,
    secure: server.security === 'tls',
    secured: server.security === 'tls',
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none',
    lmtp: server.kind === 'lmtp',
    tls: { ...trust },
    connectionTimeout: connectMs,
    greetingTimeout: greetingMs,
    socketTimeout: silenceMs,
    maxResponseSize: 64 * 1024,
    customAuth: handlers,
  });
}

/** Waits for what a step calls back, or for the end of the connection, which steps are not told of. */
type Watched = <T = unknown>(step: (done: (error?: Error | null, result?: T) => void) => void) => Promise<T>;

function watch(connection: SMTPConnection, signal: AbortSignal): Watched {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  ended.catch(() => undefined);
  const abort = () => {
    reject(signal.reason);
    connection.close();
  };
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  connection.on('error', reject);
  connection.once('end', () => {
    signal.removeEventListener('abort', abort);
    // Why it ended, where a step was told, is told right after.
    setImmediate(() => reject(Object.assign(new Error('The connection ended'), { code: 'ECONNECTION' })));
  });
  return (step) => {
    const { promise, resolve, reject: fail } = Promise.withResolvers<never>();
    if (!signal.aborted) step((error, result) => (error ? fail(error) : resolve(result as never)));
    return Promise.race([promise, ended]);
  };
}

/** `secrets`: what was shown, which the server may say back. */
function sessionOn(
  connection: SMTPConnection,
  signedInBy: Mechanism | null,
  takesUtf8: boolean,
  watched: Watched,
  secrets: string[],
): Session {
  return {
    signedInBy,
    takesUtf8,
    async send({ envelope, size, raw }) {
      const source: { failure?: unknown } = {};
      const stream = Readable.from(rememberingFailure(raw(), source), { objectMode: false });
      try {
        return await watched<SMTPConnectionSendInfo>((done) =>
          connection.send({ ...envelope, size, use8BitMime: true }, stream, done),
        );
      } catch (error) {
        throw 'failure' in source ? new SourceFailure(source.failure) : thrownWithoutSecrets(error, secrets);
      } finally {
        stream.destroy();
      }
    },
    leave() {
      connection.quit();
      setTimeout(() => connection.close(), goodbyeMs).unref();
    },
    close: () => connection.close(),
  };
}

/** The mail could not be read here: nothing that the server did. */
export class SourceFailure extends Error {
  override readonly name = 'SourceFailure';
  constructor(cause: unknown) {
    super('The source of the mail could not be read', { cause });
  }
}

/** nodemailer writes codes of its own into what a source throws; so that is kept from it. */
async function* rememberingFailure(
  raw: AsyncIterable<Uint8Array>,
  source: { failure?: unknown },
): AsyncIterable<Uint8Array> {
  try {
    yield* raw;
  } catch (error) {
    source.failure = error;
    throw new Error('The source broke off');
  }
}
