import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { Lines } from '../../lab/exchange/lines.ts';

/** A mail client that says what it is told to, line by line, and hears what is answered. */
export interface RawMailClient {
  /** Says a line; hears up to the first answer that is `wanted`, or to the end of the connection (null). */
  say(line: string, wanted: RegExp): Promise<string[]>;
  /** Whether the server has ended the connection. */
  ended(): Promise<boolean>;
}

export const xoauth2 = (user: string, token: string) =>
  Buffer.from(`user=${user}\x01auth=Bearer ${token}\x01\x01`).toString('base64');

export async function connectEncrypted(
  port: number,
  ca: string,
): Promise<RawMailClient & { greeting: string }> {
  const socket = connect({ port, host: 'localhost', ca });
  await once(socket, 'secureConnect');
  const lines = new Lines(socket);
  return { ...clientOf(lines), greeting: (await lines.next()) ?? '' };
}

/** With STARTTLS, as it is said in SMTP (RFC 3207). */
export async function connectSubmission(port: number, ca: string): Promise<RawMailClient> {
  const plain = new Lines(connectPlain(port, 'localhost'));
  await plain.next();
  plain.send('EHLO client.example');
  await plain.until(/^250 /);
  plain.send('STARTTLS');
  await plain.until(/^220 /);
  plain.release();
  const socket: TLSSocket = connect({ socket: plain.socket, host: 'localhost', ca });
  await once(socket, 'secureConnect');
  return clientOf(new Lines(socket));
}

function clientOf(lines: Lines): RawMailClient {
  return {
    async say(line, wanted) {
      lines.send(line);
      const heard: string[] = [];
      for (;;) {
        const answer = await lines.next();
        if (answer === null) return heard;
        heard.push(answer);
        if (wanted.test(answer)) return heard;
      }
    },
    async ended() {
      return (await lines.next()) === null;
    },
  };
}
