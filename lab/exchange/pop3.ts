import type { Admission } from './admission.ts';
import { join, type Lines } from './lines.ts';
import { connectBehind, type Front, serverName, signIn } from './session.ts';
import { plainFor } from './xoauth2.ts';

/** As seen in public logs (email-oauth2-proxy 62 and 238, vmime 267). */
const capabilities = ['+OK', 'TOP', 'UIDL', 'SASL PLAIN XOAUTH2', 'USER', '.'];

const refusal = '-ERR Authentication failure: unknown user name or bad password.';

/** One POP3 session as Exchange Online has it, until a mailbox is open: from then on Dovecot speaks. */
export async function servePop3(client: Lines, front: Front): Promise<void> {
  client.send(`+OK The Microsoft Exchange POP3 service is ready. [${serverName}]`);
  for (;;) {
    const line = await client.next();
    if (line === null) return;
    const [verb = '', mechanism = '', initial] = line.trim().split(' ');
    const name = verb.toUpperCase();
    if (name === 'CAPA') client.send(...capabilities);
    else if (name === 'QUIT') {
      client.send('+OK Microsoft Exchange Server POP3 server signing off.');
      return void client.socket.end();
    } else if (name === 'USER') client.send('+OK');
    // Passwords are long gone from Exchange Online.
    else if (name === 'PASS') client.send('-ERR Logon failure: unknown user name or bad password.');
    else if (name !== 'AUTH' || mechanism.toUpperCase() !== 'XOAUTH2' || initial !== undefined) {
      // A token on the line of the command is no exception (getmail6 256).
      client.send('-ERR Protocol error. Connection is closed. 10');
      return void client.socket.end();
    } else {
      client.send('+ ');
      const admission = await signIn(front, 'pop3', (await client.next()) ?? '');
      if (admission.kind === 'open') return open(client, admission.mailbox.address, front);
      client.send(wordsOf(admission));
    }
  }
}

/**
 * POP3 has one word for whatever is wrong, in all public threads (email-oauth2-proxy 160, 238, 244: POP switched off, an
 * app that Exchange does not know); `Server Unavailable. 21` is what passes (379).
 */
function wordsOf(admission: Admission): string {
  if (admission.kind === 'throttled')
    return `-ERR Request is throttled. Suggested Backoff Time: ${admission.milliseconds} milliseconds`;
  return admission.kind === 'not connected' && admission.passes ? '-ERR Server Unavailable. 21' : refusal;
}

async function open(client: Lines, user: string, front: Front): Promise<void> {
  const server = await connectBehind(front, 'pop3');
  server.send(`AUTH PLAIN ${plainFor(user)}`);
  const answer = await server.until(/^(\+OK|-ERR)/);
  // Another session has it, say.
  if (!answer?.startsWith('+OK')) return void client.socket.end(`${answer ?? '-ERR'}\r\n`);
  client.send('+OK User successfully authenticated.');
  for (;;) {
    const line = await client.next();
    if (line === null) return void server.socket.destroy();
    if (line.toUpperCase() === 'CAPA') {
      client.send(...capabilities);
      continue;
    }
    server.send(line);
    return join(client, server);
  }
}
