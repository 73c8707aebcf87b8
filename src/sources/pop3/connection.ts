import type { Socket } from 'node:net';
import { openSecured, openSocket, secureSocket } from '../../network/connect.ts';
import { silent } from '../../network/problems.ts';
import type { Trust } from '../../network/trust.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import { Pop3ProtocolError, Pop3Refusal, StlsRefused } from './errors.ts';
import { linesOf, Wire } from './wire.ts';

/** What the server answered to a step of a SASL exchange (RFC 5034 4): done, or go on. */
export type Answer = { kind: 'done'; said: string } | { kind: 'continue'; challenge: string };

/** One encrypted connection (RFC 1939). One command at a time; a refusal is thrown as {@link Pop3Refusal}. */
export interface Pop3Connection {
  /** False when it is closed, or in the middle of an answer that nobody reads on. */
  readonly usable: boolean;
  ask(line: string): Promise<Answer>;
  /** A command of one line, answered by one line: what the server said. */
  command(line: string): Promise<string>;
  /** A command whose answer has many lines: its bytes. Left before its end, the connection is closed. */
  multiline(line: string): AsyncGenerator<Buffer>;
  /** The same, by its lines, some at a time as they come. */
  lines(line: string): AsyncGenerator<string[]>;
  /** Ends it at once; a command under way fails. */
  close(): void;
}

const connectMs = 30_000;
const greetingMs = 20_000;
/** No byte for so long while an answer is due: the connection is dead. Exchange takes its time for a large maildrop. */
const silenceMs = 180_000;

/** Connects with TLS from the first byte or by required STLS (RFC 2595). Throws what `connect.ts` throws, or those of `errors.ts`. */
export async function connect(
  server: MailServer,
  trust: Trust,
  signal: AbortSignal,
): Promise<Pop3Connection> {
  const opening = { connectMs, signal };
  let socket: Socket = await (server.security === 'tls'
    ? openSecured(server, trust, opening)
    : openSocket(server, opening));
  const abort = () => socket.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    let connection = converse(socket, server);
    await greeting(connection);
    if (server.security === 'starttls') {
      await askForTls(connection);
      socket = await secureSocket(socket, server, trust, opening);
      connection = converse(socket, server);
    }
    socket.once('close', () => signal.removeEventListener('abort', abort));
    return connection;
  } catch (error) {
    signal.removeEventListener('abort', abort);
    socket.destroy();
    throw error;
  }
}

interface Conversation extends Pop3Connection {
  wire: Wire;
  socket: Socket;
}

function converse(socket: Socket, server: MailServer): Conversation {
  const wire = new Wire(socket, silenceMs, () => socket.destroy(silent(server)));
  let isAnswering = false;

  async function ask(line: string): Promise<Answer> {
    if (/[\r\n]/.test(line)) throw new Error('a command has a line break');
    socket.write(`${line}\r\n`);
    return readStatus(wire);
  }

  async function command(line: string): Promise<string> {
    const answer = await ask(line);
    if (answer.kind === 'done') return answer.said;
    throw new Pop3ProtocolError('a challenge where none was due');
  }

  async function* multiline(line: string): AsyncGenerator<Buffer> {
    await command(line);
    isAnswering = true;
    try {
      yield* wire.readMultiline();
      isAnswering = false;
    } finally {
      if (isAnswering) socket.destroy();
    }
  }

  return {
    get usable() {
      return !isAnswering && socket.writable && !socket.readableEnded;
    },
    ask,
    command,
    multiline,
    lines: (line) => linesOf(multiline(line)),
    close: () => socket.destroy(),
    wire,
    socket,
  };
}

async function readStatus(wire: Wire): Promise<Answer> {
  const line = await wire.readLine();
  if (/^\+OK\b/i.test(line)) return { kind: 'done', said: line.slice(3).trim() };
  if (/^-ERR\b/i.test(line)) throw new Pop3Refusal(line);
  if (/^\+( |$)/.test(line)) return { kind: 'continue', challenge: line.slice(1).trim() };
  throw new Pop3ProtocolError('an answer that begins with neither +OK nor -ERR');
}

async function greeting({ wire, socket }: Conversation): Promise<void> {
  const timer = setTimeout(
    () => socket.destroy(Object.assign(new Error('no greeting'), { code: 'GREETING_TIMEOUT' })),
    greetingMs,
  );
  try {
    await readStatus(wire);
  } finally {
    clearTimeout(timer);
  }
}

async function askForTls({ command, wire }: Conversation): Promise<void> {
  try {
    await command('STLS');
  } catch (error) {
    throw error instanceof Pop3Refusal ? new StlsRefused(error.said) : error;
  }
  // Somebody between here and there may have put in answers that would be taken for the server's own
  if (wire.hasUnread) throw new Pop3ProtocolError('something unencrypted after the answer to STLS');
}
