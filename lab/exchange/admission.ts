import type { ExchangeOrganisation, MailboxState } from './organisation.ts';
import type { Caller } from './tokens.ts';

export type Protocol = 'imap' | 'pop3' | 'smtp';

/** What becomes of somebody who signs in with a token. */
export type Admission =
  | { kind: 'open'; mailbox: MailboxState }
  /** The token itself is refused. */
  | { kind: 'refused' }
  /** The token is good, and opens nothing. */
  | { kind: 'not connected'; passes?: true }
  | { kind: 'throttled'; milliseconds: number }
  /** SMTP only: *Authenticated SMTP* is off. */
  | { kind: 'smtp off'; for: 'Tenant' | 'Mailbox' };

/** Either of them is needed (Microsoft: Authenticate an IMAP, POP or SMTP connection using OAuth). */
const permissions: Record<Protocol, { scope: string; role: string }> = {
  imap: { scope: 'IMAP.AccessAsUser.All', role: 'IMAP.AccessAsApp' },
  pop3: { scope: 'POP.AccessAsUser.All', role: 'POP.AccessAsApp' },
  smtp: { scope: 'SMTP.Send', role: 'SMTP.SendAsApp' },
};

/** How Exchange tells an app that it does not know: both are told of in public. */
export type UnknownApps = 'refused' | 'not connected';

/**
 * Who gets into which mailbox. Microsoft documents two answers, a refused token and an authenticated user that is “not
 * connected”, and hardly which of them comes when. What is taken here, and from where:
 * - a token for another resource, expired or without the permission of the protocol is refused
 *   (office-developer-exchange-docs issue 87);
 * - a person's good token for a mailbox that they have no full access to, or that has no licence or the protocol switched
 *   off, is not connected (email-oauth2-proxy 275, getmail6 214, MailKit 1494 and 1496, imapflow 314);
 * - an app without a service principal in Exchange, or with the object ID of its App registration: the documentation says
 *   “authentication failure”, php-imap2 issue 42 has it refused, email-oauth2-proxy 74 not connected. So it is a choice.
 */
export function admit(
  caller: Caller | null,
  user: string,
  protocol: Protocol,
  { organisation, unknownApps }: { organisation: ExchangeOrganisation; unknownApps: UnknownApps },
): Admission {
  const { scope, role } = permissions[protocol];
  if (!caller?.permissions.has(caller.upn === null ? role : scope)) return { kind: 'refused' };
  if (caller.upn === null && organisation.servicePrincipals.get(caller.appId)?.objectId !== caller.objectId)
    return { kind: unknownApps };
  const mailbox = organisation.find(user);
  // Nobody knows whose it is, so that nobody can be signed in; no thread tells.
  if (!mailbox) return { kind: 'refused' };
  if (mailbox.place !== 'here' || !mailbox.licensed) return { kind: 'not connected' };
  if (!mayUse(caller, mailbox, protocol)) return { kind: 'not connected' };
  if (protocol === 'smtp' && mailbox.smtpAuthEnabled !== true) {
    // The mailbox's own word counts before the organisation's.
    if (mailbox.smtpAuthEnabled === false) return { kind: 'smtp off', for: 'Mailbox' };
    if (organisation.smtpAuthDisabled) return { kind: 'smtp off', for: 'Tenant' };
  }
  const isOff = { imap: !mailbox.imapEnabled, pop3: !mailbox.popEnabled, smtp: false }[protocol];
  if (isOff) return { kind: 'not connected' };
  if (mailbox.passing > 0) {
    mailbox.passing--;
    return { kind: 'not connected', passes: true };
  }
  const { throttledMs: milliseconds } = mailbox;
  return milliseconds > 0 ? { kind: 'throttled', milliseconds } : { kind: 'open', mailbox };
}

function mayUse({ upn, objectId }: Caller, mailbox: MailboxState, protocol: Protocol): boolean {
  if (upn === mailbox.address) return true;
  const who = upn ?? objectId;
  return mailbox.fullAccess.has(who) || (protocol === 'smtp' && mailbox.sendAs.has(who));
}
