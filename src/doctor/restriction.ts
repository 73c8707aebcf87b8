import type { RestrictionProof } from '../model/mail-server.ts';
import { Problem, type ProblemKind } from '../model/problem.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { MailSource } from '../sources/source.ts';

/** How mail servers say that a mailbox is not for us, whatever the protocol. */
const refusals: ProblemKind[] = ['sign-in', 'denied'];
const patienceMs = 60_000;

/**
 * Proves that what opens this server's mailbox opens no other: the same access tries `mailbox`, and must be refused.
 * Never throws: what kept the attempt from coming to an end is told as the outcome.
 */
export async function proveRestriction(
  server: MailServer,
  mailbox: string,
  open: (server: MailServer) => MailSource,
): Promise<RestrictionProof> {
  const stranger = { ...server, address: mailbox, username: null, afterIntake: { action: 'leave' as const } };
  const source = open({ ...stranger, folders: ['INBOX'] });
  const tried = { mailbox, checkedAt: new Date().toISOString() };
  try {
    const { messages } = await source.inspect(AbortSignal.timeout(patienceMs));
    return { ...tried, outcome: 'open', detail: `It was opened and shows ${messages} messages.` };
  } catch (error) {
    const problem = Problem.from(error);
    return {
      ...tried,
      outcome: refusals.includes(problem.kind) ? 'refused' : 'unclear',
      detail: problem.message,
    };
  } finally {
    await source.close();
  }
}
