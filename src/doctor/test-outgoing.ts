import { draftOf } from '../compose/draft.ts';
import { outcomeOf } from '../delivery/outcome.ts';
import type { Sender } from '../delivery/sender.ts';
import type { OutgoingServer } from '../resources/outgoing-server/record.ts';

import { type CheckResult, runStep } from './check.ts';

const patienceMs = 120_000;

/**
 * *Test* of an outgoing server: signs in, and then, if `to` is given, sends a mail there. Each step is told as it
 * ends; nothing comes after the first that fails. Never throws.
 */
export async function* testOutgoing(subject: {
  server: OutgoingServer;
  sender: Sender;
  to: string | null;
}): AsyncGenerator<CheckResult> {
  const { sender, to } = subject;
  const signIn = await runStep('sign-in', 'The mail server lets us in', async () =>
    capitalised(await sender.verify()),
  );
  yield signIn;
  if (!signIn.passed || to === null) return;
  yield await runStep('mail', 'A mail is taken', () => sendTestMail(subject, to));
}

async function sendTestMail(
  { server, sender }: { server: OutgoingServer; sender: Sender },
  to: string,
): Promise<string> {
  const { mail, raw } = await draftOf(server, {
    to: [{ name: '', address: to }],
    cc: [],
    bcc: [],
    subject: `Test mail of ${server.name}`,
    text: `Letterbox can send mail through the outgoing email server ${server.name}. Nothing needs to be done.\n`,
    html: null,
    answers: null,
    automatic: 'auto-generated',
  });
  const bytes = 'bytes' in raw ? raw.bytes : new Uint8Array();
  const sent = await sender.send(
    {
      // A person waits for it: where it cannot be delivered, let them have the bounce.
      envelope: { from: server.address, to: [to] },
      size: mail.size,
      async *raw() {
        yield bytes;
      },
    },
    AbortSignal.timeout(patienceMs),
  );
  const outcome = outcomeOf(sent);
  if (outcome.kind !== 'accepted') throw outcome.problem;
  return `The server took a mail to ${to}, Message-ID ${mail.messageId}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
