import { readFileSync } from 'node:fs';
import type { MailObject, Sender } from '../../src/delivery/sender.ts';
import type { RecipientAnswer, Sent } from '../../src/model/outgoing.ts';
import { Problem } from '../../src/model/problem.ts';
import type { TokenSource } from '../../src/model/token.ts';
import { createSmtpSender } from '../../src/outgoing/smtp/index.ts';
import type { OutgoingServer } from '../../src/resources/outgoing-server/record.ts';

/** An outgoing server as an administrator entered it; the port is a test's to say. */
export function outgoingServer(
  fields: Partial<OutgoingServer> & Pick<OutgoingServer, 'port'>,
): OutgoingServer {
  return {
    id: 'ogs_test',
    name: 'Support out',
    kind: 'smtp',
    host: 'localhost',
    security: 'starttls',
    certificateAuthority: null,
    profileId: 'prf_test',
    username: null,
    address: 'support@contoso.example',
    displayName: null,
    enabled: true,
    version: 1,
    createdAt: '2026-11-01T00:00:00.000Z',
    updatedAt: '2026-11-01T00:00:00.000Z',
    ...fields,
  };
}

export function smtpSender(server: OutgoingServer, tokens: TokenSource | null): Sender {
  return createSmtpSender({ server, tokens, options: { allowPrivateAddresses: [] } });
}

/** A mail to be handed over, from `support@contoso.example`. */
export function mailTo(
  to: string[],
  source = 'Subject: Hello\r\n\r\nGood day.\r\n',
  from?: string,
): MailObject {
  const bytes = Buffer.from(source);
  return {
    envelope: { from: from ?? 'support@contoso.example', to },
    size: bytes.length,
    async *raw() {
      yield bytes;
    },
  };
}

export const noAbort = () => new AbortController().signal;

/** What each recipient's server said, by the problem's code where it was no yes. */
export function codes(sent: Sent): Record<string, string> {
  if (sent.kind === 'failed') return { failed: sent.outcome.problem.code };
  return Object.fromEntries(
    sent.answers.map(({ address, outcome }: RecipientAnswer) => [
      address,
      outcome.kind === 'accepted' ? 'accepted' : `${outcome.kind}: ${outcome.problem.code}`,
    ]),
  );
}

export function failure(sent: Sent): Problem {
  if (sent.kind === 'failed') return sent.outcome.problem;
  throw new Error(`expected it to fail, but it was answered: ${JSON.stringify(codes(sent))}`);
}

/** A maildir's file as the wire had it: the mail server keeps lines without CR. */
export function wireForm(file: string): string {
  return readFileSync(file, 'latin1').replace(/\r?\n/g, '\r\n');
}

export async function problemOf(work: Promise<unknown>): Promise<Problem> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('expected a Problem');
}
