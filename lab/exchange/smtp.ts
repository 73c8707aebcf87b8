import { TLSSocket } from 'node:tls';
import type { Admission } from './admission.ts';
import { join, Lines } from './lines.ts';
import { connectBehind, type Front, signIn } from './session.ts';
import { plainFor } from './xoauth2.ts';

const name = 'LAB1CA0001.outlook.office365.com';
const features = ['SIZE 157286400', 'PIPELINING', 'DSN', 'ENHANCEDSTATUSCODES'];

/** One submission session as Exchange Online has it (RFC 6409), with STARTTLS, until somebody may send. */
export async function serveSmtp(plain: Lines, front: Front, secure: () => object): Promise<void> {
  plain.send(`220 ${name} Microsoft ESMTP MAIL Service ready at ${new Date().toUTCString()}`);
  const said = await converse(plain, 'STARTTLS');
  if (said !== 'STARTTLS') return;
  plain.send('220 2.0.0 SMTP server ready');
  plain.release();
  const socket = new TLSSocket(plain.socket, { isServer: true, ...secure() });
  const client = new Lines(socket);
  for (;;) {
    const line = await converse(client, 'AUTH LOGIN XOAUTH2');
    if (line === null) return;
    const [, mechanism = '', initial] = line.split(' ');
    if (mechanism.toUpperCase() !== 'XOAUTH2') {
      client.send('535 5.7.139 Authentication unsuccessful, basic authentication is disabled.');
      continue;
    }
    if (initial === undefined) client.send('334 ');
    const admission = await signIn(front, 'smtp', initial ?? (await client.next()) ?? '');
    if (admission.kind === 'open') return open(client, admission.mailbox.address, front);
    client.send(wordsOf(admission));
  }
}

/** Answers until something is said that begins a new part: STARTTLS before, AUTH after it. Null at the end. */
async function converse(client: Lines, offer: string): Promise<string | null> {
  for (;;) {
    const line = await client.next();
    if (line === null) return null;
    const verb = line.split(' ')[0]?.toUpperCase();
    if (verb === offer.split(' ')[0]) return line;
    if (verb === 'EHLO')
      client.send(...[`${name} Hello`, ...features, offer, '8BITMIME'].map(asPart), '250 SMTPUTF8');
    else if (verb === 'NOOP' || verb === 'RSET') client.send('250 2.0.0 OK');
    else if (verb === 'QUIT') {
      client.send('221 2.0.0 Service closing transmission channel');
      client.socket.end();
      return null;
    } else if (verb === 'MAIL') client.send(`530 5.7.57 Client not authenticated to send mail. [${name}]`);
    else client.send('500 5.3.3 Unrecognized command');
  }
}

const asPart = (line: string) => `250-${line}`;

function wordsOf(admission: Admission): string {
  if (admission.kind === 'throttled') return `432 4.3.2 Concurrent connections limit exceeded. [${name}]`;
  if (admission.kind === 'smtp off')
    return `535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the ${admission.for}. Visit https://aka.ms/smtp_auth_disabled for more information. [${name}]`;
  return `535 5.7.3 Authentication unsuccessful [${name}]`;
}

async function open(client: Lines, user: string, front: Front): Promise<void> {
  const server = await connectBehind(front, 'smtp');
  server.send(`EHLO ${name}`);
  await server.until(/^\d{3} /);
  server.send(`AUTH PLAIN ${plainFor(user)}`);
  const answer = await server.until(/^\d{3} /);
  if (!answer?.startsWith('235')) return void client.socket.destroy();
  client.send('235 2.7.0 Authentication successful');
  for (;;) {
    const line = await client.next();
    if (line === null) return void server.socket.destroy();
    const [, sender] = /^MAIL FROM:<([^>]*)>/i.exec(line) ?? [];
    if (sender !== undefined && !maySendAs(user, sender, front)) {
      await denySending(client, user, sender);
      continue;
    }
    server.send(line);
    return join(client, server);
  }
}

/** Whoever signed in as a mailbox sends from it, and from others that gave it the right. */
function maySendAs(user: string, sender: string, { organisation }: Front): boolean {
  const mailbox = organisation.find(sender);
  return mailbox?.address === user || mailbox?.sendAs.has(user) === true;
}

/** The whole mail is taken, and then refused. */
async function denySending(client: Lines, user: string, sender: string): Promise<void> {
  client.send('250 2.1.0 Sender OK');
  for (let inMail = false; ; ) {
    const line = await client.next();
    if (line === null) return;
    if (!inMail && /^RCPT/i.test(line)) client.send('250 2.1.5 Recipient OK');
    else if (!inMail && /^DATA/i.test(line)) {
      client.send('354 Start mail input; end with <CRLF>.<CRLF>');
      inMail = true;
    } else if (inMail && line === '.') {
      client.send(
        `554 5.2.252 SendAsDenied; ${user} not allowed to send as ${sender}; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied`,
      );
      return;
    } else if (!inMail) client.send('250 2.0.0 OK');
  }
}
