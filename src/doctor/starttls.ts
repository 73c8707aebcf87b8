import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { starttlsMissing } from '../network/problems.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { StarttlsDialogue } from '../sources/source.ts';

/** Asks for TLS over a fresh connection. Throws `….starttls-missing` when the server refuses. */
export async function askForTls(
  socket: Socket,
  server: MailServer,
  dialogue: StarttlsDialogue | undefined,
): Promise<void> {
  if (!dialogue) throw starttlsMissing(server, `${server.protocol} has no STARTTLS`);
  const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY });
  // It tells the socket's errors once more, which would end the process; they are told by the end of the socket.
  lines.on('error', () => {});
  const failed = once(socket, 'close').then(() => {
    throw (
      socket.errored ?? Object.assign(new Error('The server closed the connection'), { code: 'ECONNRESET' })
    );
  });
  failed.catch(() => {});
  const nextLine = async () => ((await Promise.race([once(lines, 'line'), failed])) as [string])[0];
  try {
    await nextLine();
    socket.write(`${dialogue.command}\r\n`);
    for (;;) {
      const line = await nextLine();
      if (dialogue.passedOver.test(line)) continue;
      if (dialogue.agreement.test(line)) return;
      throw starttlsMissing(server, line);
    }
  } finally {
    lines.close();
  }
}
