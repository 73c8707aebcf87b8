import type { CreateSender } from '../../delivery/sender.ts';
import { userOf } from '../../model/mail-server.ts';
import { createSessions } from './session.ts';
import { sendInSession } from './transaction.ts';

/**
 * How many connections one mailbox may have at once in Exchange Online is three (Microsoft: SMTP AUTH client
 * submission); one is left to other programs.
 */
const connections = 2;

/**
 * Mail by SMTP submission (RFC 6409) or, of kind `lmtp`, straight into mailboxes (RFC 2033): with TLS from the first
 * byte or by required STARTTLS, signed in with OAuth 2.0, a password or not at all. A connection for each mail.
 */
export const createSmtpSender: CreateSender = (parts) => {
  const openSession = createSessions(parts);
  return {
    address: parts.server.address,
    concurrency: connections,
    send: (mail, signal) => sendInSession(openSession, parts.server, mail, signal),
    async verify(signal = AbortSignal.timeout(60_000)) {
      const session = await openSession(signal);
      session.leave();
      return session.signedInBy === null
        ? 'the server asks for no sign-in'
        : `signed in as ${userOf(parts.server)} with ${session.signedInBy}`;
    },
  };
};
