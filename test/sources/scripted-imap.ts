import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createServer, type TLSSocket } from 'node:tls';
import { flood } from './flood.ts';

/** A message in the scripted mailbox. */
export interface ScriptedMessage {
  uid: number;
  bytes: Buffer;
  /** What RFC822.SIZE says where it is not the truth. */
  announced?: number;
  /** INTERNALDATE, where it matters. */
  date?: string;
}

/** The one mailbox, which every folder shows. */
export interface ScriptedMailbox {
  messages: ScriptedMessage[];
  validity: number;
  /** UIDNEXT where it is not one more than the highest UID. */
  uidNext?: number;
}

/** One command of a client, and how to answer it. */
export interface Command {
  tag: string;
  /** In capitals; with its UID: `UID FETCH`. */
  name: string;
  rest: string;
  /** Count of commands of this name on all connections, from 1. */
  nth: number;
  mailbox: ScriptedMailbox;
  /** The next line that the client sends (DONE, a SASL answer). */
  nextLine(): Promise<string>;
  send(...lines: (string | Buffer)[]): void;
  ok(text?: string): void;
  /** Answers as a server in good order would. */
  usual(): Promise<void>;
  /** Sends line after line without an end. */
  flood(line: (n: number) => string): Promise<void>;
  hangUp(): void;
}

export type Script = (command: Command) => void | Promise<void>;

export interface ScriptedImap {
  port: number;
  /** Every command so far, without tags: `UID FETCH 1:2 (…)`. */
  commands: string[];
  mailbox: ScriptedMailbox;
  stop(): Promise<void>;
}

const capabilities = 'IMAP4rev1 SASL-IR AUTH=XOAUTH2 UIDPLUS MOVE IDLE NAMESPACE';

/**
 * An IMAP server that misbehaves as told: `script` takes the commands it wants to answer itself, by name. It
 * has one folder, INBOX, and takes any token.
 */
export async function startScriptedImap(
  certificate: { certFile: string; keyFile: string },
  script: Record<string, Script> = {},
  messages: ScriptedMessage[] = [],
): Promise<ScriptedImap> {
  const mailbox: ScriptedMailbox = { messages, validity: 1 };
  const commands: string[] = [];
  const counts = new Map<string, number>();
  const sockets = new Set<TLSSocket>();
  const [cert, key] = await Promise.all([readFile(certificate.certFile), readFile(certificate.keyFile)]);
  const server = createServer({ cert, key }, (socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.write('* OK ready\r\n');
    converse(socket).catch(() => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  async function converse(socket: TLSSocket): Promise<void> {
    const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
    const nextLine = async () => (await lines.next()).value ?? '';
    for (;;) {
      const { value: line, done } = await lines.next();
      if (done) return;
      const [, tag, name, rest] = /^(\S+) ((?:UID )?\S+) ?(.*)$/i.exec(line) ?? ['', '*', 'NONSENSE', line];
      const upper = `${name}`.toUpperCase();
      commands.push(`${upper} ${rest}`.trim());
      counts.set(upper, (counts.get(upper) ?? 0) + 1);
      const send = (...parts: (string | Buffer)[]) => {
        for (const part of parts) socket.write(typeof part === 'string' ? `${part}\r\n` : part);
      };
      const command: Command = {
        tag: `${tag}`,
        name: upper,
        rest: `${rest}`,
        nth: counts.get(upper) ?? 1,
        mailbox,
        nextLine,
        send,
        ok: (text = 'done') => send(`${tag} OK ${text}`),
        usual: () => answer(command),
        flood: (line) => flood(socket, line),
        hangUp: () => socket.end(),
      };
      const act = script[upper] ?? command.usual;
      await act(command);
    }
  }

  return {
    port: (server.address() as { port: number }).port,
    commands,
    mailbox,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer({ name, rest, mailbox, send, ok, nextLine, hangUp }: Command): Promise<void> {
  const { messages, validity } = mailbox;
  const uidNext = mailbox.uidNext ?? (messages.at(-1)?.uid ?? 0) + 1;
  switch (name) {
    case 'CAPABILITY':
      send(`* CAPABILITY ${capabilities}`);
      return ok();
    case 'NAMESPACE':
      send('* NAMESPACE (("" "/")) NIL NIL');
      return ok();
    case 'LIST':
    case 'LSUB':
      send(`* ${name} () "/" INBOX`);
      return ok();
    case 'SELECT':
    case 'EXAMINE':
      send(`* ${messages.length} EXISTS`, '* FLAGS (\\Seen \\Deleted)');
      send(`* OK [UIDVALIDITY ${validity}] valid`, `* OK [UIDNEXT ${uidNext}] next`);
      return ok('[READ-WRITE] opened');
    case 'STATUS': {
      const items = [`MESSAGES ${messages.length}`, `UIDNEXT ${uidNext}`, `UIDVALIDITY ${validity}`];
      send(`* STATUS ${rest.split(' ')[0]} (${items.join(' ')})`);
      return ok();
    }
    case 'UID SEARCH': {
      const larger = Number(/LARGER (\d+)/.exec(rest)?.[1] ?? -1);
      const uids = select(messages, /UID (\S+)/.exec(rest)?.[1] ?? '1:*')
        .filter((message) => sizeOf(message) > larger)
        .map(({ uid }) => uid);
      send(['* SEARCH', ...uids].join(' '));
      return ok();
    }
    case 'UID FETCH':
      for (const message of select(messages, rest.split(' ')[0] ?? '')) {
        send(...rowOf(message, messages.indexOf(message) + 1, rest));
      }
      return ok();
    case 'IDLE':
      send('+ idling');
      await nextLine();
      return ok();
    case 'LOGOUT':
      send('* BYE bye');
      ok();
      return hangUp();
    default:
      return ok();
  }
}

/** One FETCH response, its body as a literal. */
export function rowOf(message: ScriptedMessage, sequence: number, query: string): (string | Buffer)[] {
  const head = `* ${sequence} FETCH (UID ${message.uid} INTERNALDATE "${message.date ?? '01-Nov-2026 12:00:00 +0000'}" RFC822.SIZE ${sizeOf(message)}`;
  if (query.includes('HEADER.FIELDS')) {
    const field = Buffer.from(
      `${/^Message-ID: .*/im.exec(message.bytes.toString('latin1'))?.[0] ?? ''}\r\n\r\n`,
    );
    return [`${head} BODY[HEADER.FIELDS (MESSAGE-ID)] {${field.length}}`, field, ')'];
  }
  if (!query.includes('BODY.PEEK[]')) return [`${head})`];
  const [, start, length] = /<(\d+)\.(\d+)>/.exec(query) ?? [];
  const part = start ? message.bytes.subarray(Number(start), Number(start) + Number(length)) : message.bytes;
  return [`${head} BODY[]${start ? `<${start}>` : ''} {${part.length}}`, part, ')'];
}

function sizeOf({ announced, bytes }: ScriptedMessage): number {
  return announced ?? bytes.length;
}

/** Messages of a sequence set of UIDs (RFC 3501 9). */
export function select(messages: ScriptedMessage[], set: string): ScriptedMessage[] {
  const highest = messages.at(-1)?.uid ?? 0;
  const ranges = set.split(',').map((range) => {
    const ends = range.split(':').map((end) => (end === '*' ? highest : Number(end)));
    return [Math.min(...ends), Math.max(...ends)] as const;
  });
  return messages.filter(({ uid }) => ranges.some(([first, last]) => uid >= first && uid <= last));
}
