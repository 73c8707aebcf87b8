import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { connect, type TLSSocket } from 'node:tls';

/** What each protocol says to sign in with the lab's password (RFC 3501 6.2.3, RFC 1939 7), and how it says yes. */
const dialogues = {
  imap: { words: (user: string) => [`1 LOGIN ${user} lab`], yes: /^1 OK/, no: /^(1 NO|\* BYE)/ },
  pop3: { words: (user: string) => [`USER ${user}`, 'PASS lab'], yes: /^\+OK/, no: /^-ERR/ },
};

/** Takes a user's connection and keeps it. Throws when it is refused. */
export async function occupy(
  protocol: keyof typeof dialogues,
  port: number,
  user: string,
): Promise<TLSSocket> {
  const { words, yes, no } = dialogues[protocol];
  const socket = connect({ port, host: 'localhost', rejectUnauthorized: false });
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  await lines.next();
  for (const word of words(user)) {
    socket.write(`${word}\r\n`);
    for (;;) {
      const { value: line = '' } = await lines.next();
      if (yes.test(line)) break;
      if (no.test(line) || line === '') throw new Error(`the connection was not given: ${line}`);
    }
  }
  return socket;
}
