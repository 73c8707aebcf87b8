import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * What a submission server hands its mail to: SMTP (RFC 5321) on one side, LMTP (RFC 2033) on the other, so that
 * mail that is submitted ends in a mailbox of the same Dovecot. The two protocols differ in two words: `EHLO` is
 * `LHLO`, and after the message LMTP answers once for each recipient; the worst answer is passed on. Stands in for
 * an MTA; it queues nothing, and every recipient is local.
 */
export async function startRelay(port: number, lmtpPort: number): Promise<{ stop(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const mailbox = connect(lmtpPort, '127.0.0.1');
    for (const socket of [client, mailbox]) {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
    }
    relay(client, mailbox);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function relay(client: Socket, mailbox: Socket): void {
  /** Commands that wait for their answers, in their order. */
  const asked: string[] = [];
  let recipients = 0;
  let inMessage = false;
  let answers: string[] = [];

  // As bytes, one character each: a message may be in any charset.
  const lines = (socket: Socket, each: (line: string) => void) =>
    createInterface({ input: socket.setEncoding('latin1'), crlfDelay: Number.POSITIVE_INFINITY })
      // It tells the socket's errors once more; a client that is killed is no trouble here.
      .on('error', () => {})
      .on('line', each);

  lines(client, (line) => {
    if (inMessage) {
      if (line === '.') {
        inMessage = false;
        asked.push('MESSAGE');
      }
      if (!mailbox.write(`${line}\r\n`, 'latin1')) client.pause();
      return;
    }
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'MAIL' || verb === 'RSET') recipients = 0;
    asked.push(verb);
    mailbox.write(`${verb === 'EHLO' ? `LHLO${line.slice(4)}` : line}\r\n`, 'latin1');
  });

  mailbox.on('drain', () => client.resume());

  lines(mailbox, (line) => {
    const last = line[3] !== '-';
    const verb = asked[0];
    if (verb === 'MESSAGE') {
      if (last) answers.push(line);
      if (answers.length < recipients) return;
      const worst = answers.toSorted().at(-1);
      answers = [];
      asked.shift();
      client.write(`${worst}\r\n`, 'latin1');
      return;
    }
    // The offer to take messages in pieces (RFC 3030) is kept from the client: these would be more to translate.
    client.write(`${line.replace(/^250([- ])CHUNKING.*/i, '250$1NOOP')}\r\n`, 'latin1');
    if (!last) return;
    // The first answer is the greeting, which nobody asked for.
    if (verb !== undefined) asked.shift();
    if (verb === 'RCPT' && line.startsWith('2')) recipients++;
    if (verb === 'DATA' && line.startsWith('3')) inMessage = true;
  });

  for (const [one, other] of [
    [client, mailbox],
    [mailbox, client],
  ] as const) {
    one.once('close', () => other.destroy());
    one.on('error', () => other.destroy());
  }
}
