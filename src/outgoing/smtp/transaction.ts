import type { NodemailerError } from 'nodemailer/lib/errors';
import { failedBy } from '../../delivery/outcome.ts';
import type { MailObject } from '../../delivery/sender.ts';
import type { Sent } from '../../model/outgoing.ts';
import type { OutgoingServer } from '../../resources/outgoing-server/record.ts';
import { answersOf, refusalOf } from './answers.ts';
import { explain, isThrottling, saidBy } from './explain.ts';
import { addressUnsupported } from './problems.ts';
import type { OpenSession, Session } from './session.ts';
import { SourceFailure } from './session.ts';

/** One mail transaction (RFC 5321 3.3) in a session of its own. Throws only what reading the source threw. */
export async function sendInSession(
  openSession: OpenSession,
  server: OutgoingServer,
  mail: MailObject,
  signal: AbortSignal,
): Promise<Sent> {
  let session: Session | null = null;
  try {
    session = await openSession(signal);
    const address = session.takesUtf8 ? undefined : beyondAscii(server, mail);
    if (address !== undefined) {
      session.leave();
      const outcome = { kind: 'rejected', problem: addressUnsupported(server, address) } as const;
      return { kind: 'answered', answers: mail.envelope.to.map((to) => ({ address: to, outcome })) };
    }
    const taken = await session.send(mail);
    session.leave();
    return { kind: 'answered', answers: answersOf(server, taken) };
  } catch (error) {
    session?.close();
    if (error instanceof SourceFailure) throw error.cause;
    // Some submission servers take no empty sender (Exchange Online, 5.7.60); the fields of the mail then say alone
    // that it is automatic.
    if (mail.envelope.from === '' && isSenderRefused(error))
      return sendInSession(
        openSession,
        server,
        { ...mail, envelope: { ...mail.envelope, from: server.address } },
        signal,
      );
    const answers = isThrottling(saidBy(error as NodemailerError))
      ? null
      : refusalOf(server, error, mail.envelope.to);
    if (answers) return { kind: 'answered', answers };
    return failedBy(explain(error, server));
  }
}

/**
 * An address that needs SMTPUTF8; the mail's fields name it too, so that nobody gets the mail without (RFC 6531 3.2, RFC
 * 6532). Domains are in their ASCII form.
 */
function beyondAscii({ address }: OutgoingServer, { envelope }: MailObject): string | undefined {
  return [address, envelope.from, ...envelope.to].find((one) =>
    /[^\p{ASCII}]/u.test(one.slice(0, one.lastIndexOf('@'))),
  );
}

function isSenderRefused(error: unknown): boolean {
  const { command, responseCode = 0 } = error as NodemailerError;
  return command === 'MAIL FROM' && responseCode >= 500;
}
