import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { LabCertificates } from '../../lab/certificates.ts';

/** What a server says to a command, or nothing (it hangs), or ends the connection. */
export type Line = string | 'hang' | 'drop';

export interface Script {
  greeting?: Line;
  /** After `EHLO` or `LHLO`; the first line says who it is. */
  capabilities?: string[];
  /** By the command as it came; undefined leaves it to a friendly server. */
  answer?: ((command: string) => Line | undefined) | undefined;
  /** For each recipient that was taken with LMTP, else once: the answer to a whole message. */
  message?: (recipient: string) => Line;
  lmtp?: boolean;
}

/**
 * A server that says what the test wants, for answers that no server here can be brought to give: SMTP (RFC 5321)
 * with STARTTLS, and LMTP (RFC 2033). It keeps what was said to it and the messages it took.
 */
export async function startScriptedSmtp(t: TestContext, certificates: LabCertificates, script: Script) {
  const { certFile, keyFile } = await certificates.issue();
  const secureContext = createSecureContext({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
  const commands: string[] = [];
  const messages: { from: string; to: string[]; source: string }[] = [];
  const sockets = new Set<Socket>();

  function converse(socket: Socket, secured: boolean): void {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    let envelope = { from: '', to: [] as string[] };
    let source: string[] | null = null;

    const say = (line: Line | undefined) => {
      if (line === undefined || line === 'hang') return;
      if (line === 'drop') socket.destroy();
      else socket.write(`${line}\r\n`);
    };
    const capabilities = () => {
      const all = ['scripted.example', ...(script.capabilities ?? ['PIPELINING', 'AUTH XOAUTH2 PLAIN'])];
      const offered = secured ? all.filter((name) => name !== 'STARTTLS') : all;
      return offered.map((name, i) => `250${i === offered.length - 1 ? ' ' : '-'}${name}`).join('\r\n');
    };
    const friendly = (command: string): Line => {
      if (/^(EHLO|LHLO)/.test(command)) return capabilities();
      if (/^DATA/.test(command)) return envelope.to.length > 0 ? '354 go on' : '503 no recipient';
      if (/^AUTH/.test(command)) return '235 2.7.0 welcome';
      return /^QUIT/.test(command) ? '221 bye' : '250 OK';
    };
    function endOfMessage(): void {
      messages.push({ ...envelope, source: (source ?? []).join('\r\n') });
      source = null;
      const asked = script.lmtp ? envelope.to : [''];
      for (const recipient of asked) say(script.message?.(recipient) ?? '250 2.0.0 taken');
      envelope = { from: '', to: [] };
    }

    say(script.greeting ?? '220 scripted.example ready');
    const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY });
    lines.on('line', (line) => {
      if (source) {
        if (line === '.') endOfMessage();
        else source.push(line.replace(/^\./, ''));
        return;
      }
      commands.push(line);
      if (line === 'STARTTLS' && !script.answer?.(line)) {
        lines.close();
        socket.removeAllListeners('data');
        socket.write('220 go on\r\n', () => secure(socket));
        return;
      }
      const answer = script.answer?.(line) ?? friendly(line);
      if (/^MAIL/.test(line)) envelope = { from: /<(.*?)>/.exec(line)?.[1] ?? '', to: [] };
      if (/^RCPT/.test(line) && answer.startsWith('2')) envelope.to.push(/<(.*?)>/.exec(line)?.[1] ?? '');
      if (/^DATA/.test(line) && answer.startsWith('3')) source = [];
      say(answer);
    });
  }

  function secure(socket: Socket): void {
    const tls = new TLSSocket(socket, { isServer: true, secureContext });
    tls.on('error', () => undefined);
    const greeting = script.greeting;
    script.greeting = 'hang';
    converse(tls, true);
    script.greeting = greeting as Line;
    if (greeting === undefined) delete script.greeting;
  }

  const server = createServer((socket) => converse(socket, false));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  });
  const address = server.address();
  return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, commands, messages };
}
