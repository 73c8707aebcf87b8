import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createServer, type TLSSocket } from 'node:tls';
import { flood } from './flood.ts';

/** A message in the scripted maildrop; its lines end in CRLF, the last one too. */
export interface ScriptedMessage {
  uid: string;
  bytes: Buffer;
  /** What LIST says where it is not the truth. */
  announced?: number;
}

/** One command of a client, and how to answer it. */
export interface Pop3Command {
  /** In capitals. */
  name: string;
  rest: string;
  /** Count of commands of this name on all connections, from 1. */
  nth: number;
  maildrop: { messages: ScriptedMessage[] };
  /** The next line that the client sends (a SASL answer). */
  nextLine(): Promise<string>;
  send(...lines: string[]): void;
  /** A multi-line answer of these bytes. */
  sendMultiline(bytes: Buffer): void;
  /** Answers as a server in good order would. */
  usual(): Promise<void>;
  /** Sends line after line without an end. */
  flood(line: (n: number) => string): Promise<void>;
  hangUp(): void;
}

export type ScriptPop3 = (command: Pop3Command) => void | Promise<void>;

export interface ScriptedPop3 {
  port: number;
  /** Every command so far. */
  commands: string[];
  maildrop: { messages: ScriptedMessage[] };
  /** Sessions that are open now, and the most that ever were at once. */
  sessions: { open: number; most: number };
  stop(): Promise<void>;
}

/** What one session sees, whatever happens to the maildrop meanwhile; deletions become true at QUIT (RFC 1939 6). */
interface View {
  messages: ScriptedMessage[];
  deleted: Set<ScriptedMessage>;
}

/**
 * A POP3 server that misbehaves as told: `script` takes the commands it wants to answer itself, by name
 * (`GREETING` is what comes first). It takes any token.
 */
export async function startScriptedPop3(
  certificate: { certFile: string; keyFile: string },
  script: Record<string, ScriptPop3> = {},
  messages: ScriptedMessage[] = [],
): Promise<ScriptedPop3> {
  const maildrop = { messages };
  const commands: string[] = [];
  const counts = new Map<string, number>();
  const sockets = new Set<TLSSocket>();
  const sessions = { open: 0, most: 0 };
  const [cert, key] = await Promise.all([readFile(certificate.certFile), readFile(certificate.keyFile)]);
  const server = createServer({ cert, key }, (socket) => {
    sockets.add(socket);
    sessions.open++;
    sessions.most = Math.max(sessions.most, sessions.open);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      sessions.open--;
    });
    converse(socket).catch(() => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  async function converse(socket: TLSSocket): Promise<void> {
    const view: View = { messages: [...maildrop.messages], deleted: new Set() };
    const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
    const nextLine = async () => (await lines.next()).value ?? '';
    const send = (...answers: string[]) => {
      for (const answer of answers) socket.write(`${answer}\r\n`);
    };
    const act = async (name: string, rest: string) => {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      const command: Pop3Command = {
        name,
        rest,
        nth: counts.get(name) ?? 1,
        maildrop,
        nextLine,
        send,
        sendMultiline: (bytes) => void socket.write(stuffed(bytes)),
        usual: () => answer(command, view),
        flood: (line) => flood(socket, line),
        hangUp: () => socket.end(),
      };
      await (script[name] ?? command.usual)(command);
    };
    await act('GREETING', '');
    for (;;) {
      const { value: line, done } = await lines.next();
      if (done) return;
      commands.push(line);
      const [, name = '', rest = ''] = /^(\S*) ?(.*)$/.exec(line) ?? [];
      await act(name.toUpperCase(), rest);
    }
  }

  return {
    port: (server.address() as { port: number }).port,
    commands,
    maildrop,
    sessions,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** RFC 1939 3: a dot before each line that begins with one, and a line with a dot alone at the end. */
function stuffed(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replace(/(^|\r\n)\./g, '$1..');
  return Buffer.from(`${text}.\r\n`, 'latin1');
}

async function answer(command: Pop3Command, { messages, deleted }: View): Promise<void> {
  const { name, rest, maildrop, send, sendMultiline, nextLine, hangUp } = command;
  const left = [...messages.entries()].filter(([, message]) => !deleted.has(message));
  const rows = (of: (message: ScriptedMessage) => unknown) => left.map(([i, each]) => `${i + 1} ${of(each)}`);
  const message = messages[Number(rest.split(' ')[0]) - 1];
  const size = ({ announced, bytes }: ScriptedMessage) => announced ?? bytes.length;
  switch (name) {
    case 'GREETING':
      return send('+OK ready');
    case 'CAPA':
      return send('+OK', 'TOP', 'UIDL', 'RESP-CODES', 'SASL PLAIN XOAUTH2', '.');
    case 'AUTH':
      send('+ ');
      await nextLine();
      return send('+OK signed in');
    case 'STAT':
      return send(`+OK ${left.length} ${left.reduce((sum, [, each]) => sum + size(each), 0)}`);
    case 'UIDL':
      return send(['+OK', ...rows(({ uid }) => uid), '.'].join('\r\n'));
    case 'LIST':
      return send(['+OK', ...rows(size), '.'].join('\r\n'));
    case 'QUIT':
      maildrop.messages = maildrop.messages.filter((each) => !deleted.has(each));
      send('+OK bye');
      return hangUp();
  }
  if (!message || deleted.has(message)) return send('-ERR no such message');
  if (!maildrop.messages.includes(message)) return send(`-ERR Message ${rest} expunged.`);
  switch (name) {
    case 'RETR':
      send('+OK');
      return sendMultiline(message.bytes);
    case 'TOP':
      send('+OK');
      return sendMultiline(message.bytes.subarray(0, message.bytes.indexOf('\r\n\r\n') + 4));
    case 'DELE':
      deleted.add(message);
      return send('+OK');
    default:
      return send('-ERR unknown command');
  }
}
