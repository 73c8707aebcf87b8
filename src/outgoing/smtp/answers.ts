import type { NodemailerError } from 'nodemailer/lib/errors';
import type { Outcome } from '../../model/delivery.ts';
import type { RecipientAnswer } from '../../model/outgoing.ts';
import type { OutgoingServer } from '../../resources/outgoing-server/record.ts';
import { saidBy } from './explain.ts';
import { notAccepted, senderRefused, tooLarge } from './problems.ts';

/** RFC 5321 4.2.1: 4yz passes, 5yz stays; but 503 speaks of the session, not of the mail. */
const isLasting = (code: number) => code >= 500 && code !== 503;

/** 552 and X.3.4 (RFC 3463 3.4), and what nodemailer finds out from SIZE (RFC 1870) by itself. */
const tooMuch = /^552|\b5\.3\.4\b|^Message size larger/;
/** Exchange Online: SendAsDenied, and 5.7.60 (RFC 3463 X.7: policy). */
const notAllowedAs = /\b5\.7\.60\b|\b5\.2\.252\b|SendAsDenied/i;

/** The recipients that the server took, and for the others what it said. */
export function answersOf(
  server: OutgoingServer,
  { accepted, rejectedErrors = [] }: { accepted: string[]; rejectedErrors?: NodemailerError[] | undefined },
): RecipientAnswer[] {
  return [
    ...accepted.map((address): RecipientAnswer => ({ address, outcome: { kind: 'accepted' } })),
    ...rejectedErrors.map((error) => ({
      address: error.recipient ?? '',
      outcome: notTaken(server, error),
    })),
  ];
}

/**
 * The same where the whole mail was refused: every recipient by itself, or at MAIL or the message's end all of them.
 * Null when the error says nothing of the mail.
 */
export function refusalOf(server: OutgoingServer, error: unknown, to: string[]): RecipientAnswer[] | null {
  const failed = error as NodemailerError;
  if (failed.rejectedErrors)
    return answersOf(server, { accepted: [], rejectedErrors: failed.rejectedErrors });
  const ofMail = failed.code === 'EENVELOPE' || failed.code === 'EMESSAGE';
  // 421 and 530 are about the session (RFC 5321 4.2.2, RFC 4954 6).
  if (!ofMail || failed.responseCode === 421 || failed.responseCode === 530) return null;
  // No mail is begun just now, whoever it is for.
  if (failed.command === 'MAIL FROM' && !isLasting(failed.responseCode ?? 550)) return null;
  return to.map((address) => ({ address, outcome: notTaken(server, failed) }));
}

function notTaken(server: OutgoingServer, error: NodemailerError): Outcome {
  const said = saidBy(error) || error.message;
  // Without a code the mail did not get as far as the server: nodemailer found it wrong.
  const { responseCode = 550 } = error;
  if (!isLasting(responseCode))
    return { kind: 'retry', after: null, problem: notAccepted(server, said, false, error) };
  if (tooMuch.test(said)) return { kind: 'rejected', problem: tooLarge(server, said, error) };
  if (notAllowedAs.test(said)) return { kind: 'rejected', problem: senderRefused(server, said, error) };
  return { kind: 'rejected', problem: notAccepted(server, said, true, error) };
}
