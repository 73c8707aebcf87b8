import { userOf } from '../../model/mail-server.ts';
import { noneIfItPasses, Problem, type ProblemFields } from '../../model/problem.ts';
import { explainNetwork } from '../../network/explain.ts';
import { connectionLost, silent, throttled } from '../../network/problems.ts';
import { retryAfter } from '../../network/retry-after.ts';
import { at, type Peer, saying } from '../../network/wording.ts';
import type { OutgoingServer } from '../../resources/outgoing-server/record.ts';

/** What Graph answered. */
export interface Answer {
  status: number;
  retryAfter: string | string[] | undefined;
  code: string;
  message: string;
}

/** The words of the use, so that sending and reading through Graph are told apart. */
const protocol = 'graph-send';

export function peerOf(server: OutgoingServer): Peer & { certificateAuthority: string | null } {
  const { name, host, port, certificateAuthority } = server;
  return { name, protocol, host, port, security: 'tls', certificateAuthority };
}

/** An answer other than 202, as the problem a person reads. */
export function explainAnswer(answer: Answer, server: OutgoingServer): Problem {
  const { status, code } = answer;
  if (status === 429 || code === 'ApplicationThrottled' || code === 'MailboxConcurrency') {
    const until = retryAfter(answer.retryAfter);
    return throttled(peerOf(server), code, until ? Math.max(1, until.getTime() - Date.now()) : 0);
  }
  if (status === 401) return because(server, answer, refused);
  if (code === 'ErrorSendAsDenied') return because(server, answer, senderRefused(server));
  if (status === 403) return because(server, answer, denied(server));
  if (status === 404 || code === 'MailboxNotEnabledForRESTAPI') return because(server, answer, noMailbox);
  if (status === 413 || code === 'ErrorMessageSizeExceeded') return because(server, answer, large);
  if (status >= 500) {
    const until = retryAfter(answer.retryAfter);
    return because(server, answer, { ...unavailable, retry: until ?? 'later' });
  }
  // Also a 200: Graph is known to say it of a mail that it did not take.
  return because(server, answer, rejected);
}

/** What came instead of an answer. */
export function explain(error: unknown, server: OutgoingServer): Problem {
  if (error instanceof Problem) return error;
  const { name, code = '' } = error as { name?: string; code?: string };
  if (name === 'TimeoutError') return silent(peerOf(server), error);
  return (
    explainNetwork(error, peerOf(server)) ??
    connectionLost(peerOf(server), /^E[A-Z]+$/.test(code) ? code : '', error)
  );
}

export function tooLarge(server: OutgoingServer, size: number): Problem {
  return because(server, { status: 0, retryAfter: undefined, code: '', message: '' }, large, `${size} bytes`);
}

function because(
  server: OutgoingServer,
  { status, code, message }: Answer,
  fields: Omit<ProblemFields, 'detail'>,
  particulars = `status ${status}`,
): Problem {
  const said = [code, message].filter(Boolean).join(': ');
  const detail = `${at(server)}, as ${userOf(server)}, ${particulars}${saying(said)}`;
  return new Problem({ ...fields, detail });
}

const refused = {
  code: 'graph-send.sign-in-refused',
  kind: 'sign-in',
  title: 'Graph refuses the token',
  cause: 'The token was refused, also a fresh one: it is for another resource than Microsoft Graph.',
  remedy:
    'Check that the credential profile is for sending through Graph (scope https://graph.microsoft.com/Mail.Send).',
  retry: 'later',
} as const;

const denied = ({ address }: OutgoingServer) =>
  ({
    code: 'graph-send.access-denied',
    kind: 'denied',
    title: 'Graph does not let us send from this mailbox',
    cause:
      'The permission Mail.Send is missing or not consented to; or a policy keeps the application away from this mailbox.',
    remedy:
      `Add the permission Mail.Send of Microsoft Graph to the app and grant admin consent. If access is scoped (RBAC for ` +
      `Applications, application access policy), include ${address}. Mail.Send.Shared is needed for another’s mailbox.`,
    retry: 'later',
  }) as const;

const senderRefused = ({ address }: OutgoingServer) =>
  ({
    code: 'graph-send.sender-refused',
    kind: 'denied',
    title: 'Graph does not let this account send from this address',
    cause: 'The account that signs in has no right to send as the address.',
    remedy: `In Exchange Online PowerShell: Add-RecipientPermission -Identity ${address} -Trustee <account> -AccessRights SendAs.`,
    retry: 'no',
  }) as const;

const noMailbox = {
  code: 'graph-send.no-mailbox',
  kind: 'mailbox',
  title: 'Graph knows no such mailbox',
  cause: 'The address is misspelt, has no licence for Exchange Online, or its mailbox is on premises.',
  remedy: 'Check address and user name of the outgoing server, and the licence of the account.',
  retry: 'later',
} as const;

const large = {
  code: 'graph-send.too-large',
  kind: 'message',
  title: 'The mail is larger than Graph takes in one piece',
  cause:
    'Graph takes a mail in MIME of up to 3 MB. Larger ones could only be rebuilt as a draft, not sent as they are.',
  remedy:
    'Send it without its largest attachments, or through an outgoing server of kind SMTP (smtp.office365.com).',
  retry: 'no',
} as const;

const unavailable = {
  code: 'graph-send.unavailable',
  kind: 'unavailable',
  title: 'Graph cannot send just now',
  remedy: noneIfItPasses,
} as const;

const rejected = {
  code: 'graph-send.rejected',
  kind: 'message',
  title: 'Graph rejects the mail',
  remedy: 'Mend what Graph names (recipients, content or policy), then replay.',
  retry: 'no',
} as const;
