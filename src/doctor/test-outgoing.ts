import { draftOf } from '../compose/draft.ts';
import { outcomeOf } from '../delivery/outcome.ts';
import type { Sender } from '../delivery/sender.ts';
import type { OutgoingServer } from '../resources/outgoing-server/record.ts';

import { type CheckResult, runCheck } from './check.ts';

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
  const signal = AbortSignal.timeout(patienceMs);
  const signIn = await runCheck(
    {
      name: 'sign-in',
      title: 'The mail server lets us in',
      run: async () => ({ detail: capitalised(await sender.verify(signal)) }),
    },
    subject,
    signal,
  );
  yield signIn;
  if (signIn.outcome === 'failed' || to === null) return;
  yield await runCheck(
    {
      name: 'mail',
      title: 'A mail is taken',
      run: async () => ({ detail: await sendTestMail(subject, to, signal) }),
    },
    subject,
    signal,
  );
}

async function sendTestMail(
  { server, sender }: { server: OutgoingServer; sender: Sender },
  to: string,
  signal: AbortSignal,
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
    signal,
  );
  const outcome = outcomeOf(sent);
  if (outcome.kind !== 'accepted') throw outcome.problem;
  return `The server took a mail to ${to}, Message-ID ${mail.messageId}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
