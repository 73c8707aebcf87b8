import type { Admission } from './admission.ts';
import { join, type Lines } from './lines.ts';
import { connectBehind, type Front, serverName, signIn } from './session.ts';
import { plainFor } from './xoauth2.ts';

/** As seen in public logs (MailKit 1494 and 1496, email-oauth2-proxy 74): before and after signing in. */
const before =
  'IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+';
const after =
  'IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CLIENTACCESSRULES CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE CHILDREN IDLE NAMESPACE LITERAL+';

/** Exchange's number for an ending after too many errors. */
const tooMany = '* BYE Connection closed. 14';

interface Command {
  tag: string;
  name: string;
  rest: string;
}

function commandIn(line: string): Command {
  const [, tag = '*', name = '', rest = ''] = /^(\S+) +(\S+) ?(.*)$/.exec(line) ?? [];
  return { tag, name: name.toUpperCase(), rest };
}

/** One IMAP session as Exchange Online has it, until a mailbox is open: from then on Dovecot speaks. */
export async function serveImap(client: Lines, front: Front): Promise<void> {
  client.send(`* OK The Microsoft Exchange IMAP4 service is ready. [${serverName}]`);
  for (;;) {
    const line = await client.next();
    if (line === null) return;
    const { tag, name, rest } = commandIn(line);
    if (answeredAnyhow(client, { tag, name, rest }, before)) continue;
    if (name === 'LOGOUT') return leave(client, tag);
    // Passwords are long gone from Exchange Online.
    if (name === 'LOGIN') client.send(`${tag} NO LOGIN failed.`);
    else if (name !== 'AUTHENTICATE') client.send('* BAD Command Error. 12');
    else {
      const admission = await authenticate(client, rest, front);
      if (admission.kind === 'refused') client.send(`${tag} NO AUTHENTICATE failed.`);
      else if (admission.kind === 'open') return open(client, tag, admission.mailbox.address, front);
      else {
        client.send(`${tag} OK AUTHENTICATE completed.`);
        return shutOut(client, wordsOf(admission));
      }
    }
  }
}

async function authenticate(client: Lines, rest: string, front: Front): Promise<Admission> {
  const [mechanism = '', initial] = rest.split(' ');
  if (mechanism.toUpperCase() !== 'XOAUTH2') return { kind: 'refused' };
  if (initial === undefined) client.send('+ ');
  return signIn(front, 'imap', initial ?? (await client.next()) ?? '');
}

/** What may be asked in any state. */
function answeredAnyhow(client: Lines, { tag, name }: Command, capabilities: string): boolean {
  if (name === 'CAPABILITY') client.send(`* CAPABILITY ${capabilities}`, `${tag} OK CAPABILITY completed.`);
  else if (name === 'NOOP') client.send(`${tag} OK NOOP completed.`);
  else if (name === 'ID')
    client.send('* ID ("name" "Microsoft.Exchange.Imap4.Imap4Server")', `${tag} OK ID completed`);
  else return false;
  return true;
}

function leave(client: Lines, tag: string): void {
  client.send('* BYE Microsoft Exchange Server IMAP4 server signing off.', `${tag} OK LOGOUT completed.`);
  client.socket.end();
}

function wordsOf(admission: Admission): string {
  return admission.kind === 'throttled'
    ? `Request is throttled. Suggested Backoff Time: ${admission.milliseconds} milliseconds`
    : 'User is authenticated but not connected.';
}

/** The session goes on, and every command in it fails; at the second the server has enough. */
async function shutOut(client: Lines, words: string): Promise<void> {
  for (let failed = 0; failed < 2; ) {
    const line = await client.next();
    if (line === null) return;
    const command = commandIn(line);
    if (command.name === 'LOGOUT') return leave(client, command.tag);
    if (answeredAnyhow(client, command, after)) continue;
    client.send(`${command.tag} BAD ${words}`);
    failed++;
  }
  client.send(tooMany);
  client.socket.end();
}

/** Signs in to the server behind as the mailbox's user. Its capabilities are told as Exchange's as long as nothing else was asked. */
async function open(client: Lines, tag: string, user: string, front: Front): Promise<void> {
  const server = await connectBehind(front, 'imap');
  server.send(`front AUTHENTICATE PLAIN ${plainFor(user)}`);
  const answer = await server.until(/^front /);
  if (!answer?.startsWith('front OK')) return void client.socket.destroy();
  client.send(`${tag} OK AUTHENTICATE completed.`);
  for (;;) {
    const line = await client.next();
    if (line === null) return void server.socket.destroy();
    if (answeredAnyhow(client, commandIn(line), after)) continue;
    server.send(line);
    return join(client, server);
  }
}
