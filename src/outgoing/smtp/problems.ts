import { userOf } from '../../model/mail-server.ts';
import { noneIfItPasses, Problem, type ProblemFields } from '../../model/problem.ts';
import { at, type Peer, quote, saying } from '../../network/wording.ts';
import type { OutgoingServer } from '../../resources/outgoing-server/record.ts';

/** What goes wrong with sending, in the words that a person reads. Which answer becomes which is in `explain.ts`. */

export function peerOf(server: OutgoingServer): Peer & { certificateAuthority: string | null } {
  const { name, kind: protocol, host, port, security, certificateAuthority } = server;
  return { name, protocol, host, port, security, certificateAuthority };
}

function problem(fields: ProblemFields, origin?: unknown): Problem {
  return new Problem({ retry: 'later', ...fields }, origin);
}

export function signInRefused(server: OutgoingServer, said: string, byPassword: boolean, origin: unknown) {
  return problem(
    {
      code: `${server.kind}.sign-in-refused`,
      kind: 'sign-in',
      title: 'The mail server refuses the sign-in',
      detail: `${at(server)}, as ${userOf(server)}${saying(said)}`,
      ...(byPassword
        ? {
            cause: 'User name or password is wrong, or the server no longer takes passwords.',
            remedy: 'Check user name and password of the credential profile.',
          }
        : {
            cause:
              'The token was refused, also a fresh one: it is for another account or another resource, or the ' +
              'permission to send is missing from it (Microsoft: SMTP.Send, app-only SMTP.SendAsApp).',
            remedy:
              'Check address and user name, and that the credential profile asks for the SMTP scope (Microsoft: ' +
              'https://outlook.office.com/SMTP.Send); then reconnect the profile. App-only, also give FullAccess and ' +
              `SendAs: Add-RecipientPermission -Identity ${server.address} -Trustee <service principal> -AccessRights SendAs.`,
          }),
    },
    origin,
  );
}

/** Exchange Online, 5.7.139: SMTP AUTH is switched off for all or for this mailbox. */
export function submissionDisabled(
  server: OutgoingServer,
  said: string,
  whose: 'tenant' | 'mailbox',
  origin: unknown,
) {
  return problem(
    {
      code: `${server.kind}.submission-disabled`,
      kind: 'mailbox',
      title: `Sending by SMTP is switched off for the ${whose}`,
      detail: `${at(server)}, as ${userOf(server)}${saying(said)}`,
      cause:
        'Exchange Online switches SMTP AUTH off until an administrator switches it on; with OAuth 2.0 too.',
      remedy:
        `In Exchange Online PowerShell: Set-CASMailbox -Identity ${server.address} -SmtpClientAuthenticationDisabled $false. ` +
        'It overrides the setting of the tenant and takes effect within an hour. Or send through Graph instead.',
    },
    origin,
  );
}

/** Exchange Online, other kinds of 5.7.139: a policy stands in the way. */
export function signInBlocked(server: OutgoingServer, said: string, origin: unknown) {
  return problem(
    {
      code: `${server.kind}.sign-in-blocked`,
      kind: 'refused',
      title: 'A policy of the organisation blocks the sign-in',
      detail: `${at(server)}, as ${userOf(server)}${saying(said)}`,
      cause:
        'Security defaults, Conditional Access or an authentication policy does not let this sign-in through.',
      remedy:
        'Use OAuth 2.0 instead of a password; or let an administrator look at the sign-in logs in Microsoft Entra, ' +
        'where the policy is named, and except this account from it.',
    },
    origin,
  );
}

export function noOauth(server: OutgoingServer, offered: string) {
  return problem({
    code: `${server.kind}.no-oauth`,
    kind: 'protocol',
    title: 'The mail server does not offer sign-in with OAuth 2.0',
    detail: `${at(server)} offers ${quote(offered)}, but neither OAUTHBEARER nor XOAUTH2`,
    remedy: 'Check host and port, or use a credential profile with a password.',
  });
}

export function noSignIn(server: OutgoingServer) {
  return problem({
    code: `${server.kind}.no-sign-in`,
    kind: 'protocol',
    title: 'The mail server does not offer any sign-in',
    detail: at(server),
    cause: 'The port may be the one between mail servers (25), or the server trusts its network instead.',
    remedy: 'Use the port for submission (587 or 465); or choose no credential profile for this server.',
  });
}

export function signInNeeded(server: OutgoingServer, said: string, origin: unknown) {
  return problem(
    {
      code: `${server.kind}.sign-in-needed`,
      kind: 'refused',
      title: 'The mail server wants a sign-in before it takes mail',
      detail: `${at(server)}${saying(said)}`,
      remedy: 'Choose a credential profile for this outgoing server.',
    },
    origin,
  );
}

/** Refused before anything was asked of it: a greeting of 554 (RFC 5321 3.1), say. */
export function turnedAway(server: OutgoingServer, said: string, origin: unknown) {
  return problem(
    {
      code: `${server.kind}.turned-away`,
      kind: 'refused',
      title: 'The mail server does not want to talk to this machine',
      detail: `${at(server)}${saying(said)}`,
      cause: 'Its address is blocked there, or the port is not one for submission.',
      remedy:
        'Check host and port; let the server’s administrator look up why this machine’s address is refused.',
    },
    origin,
  );
}

export function unencrypted(server: OutgoingServer, addresses: string) {
  return problem({
    code: `${server.kind}.unencrypted`,
    kind: 'conflict',
    title: 'The mail server is too far away to be reached without encryption',
    detail: `${at(server)} is ${addresses}`,
    cause:
      'Without encryption mail goes only to this machine, and to networks that the administrator allows.',
    remedy:
      'Choose STARTTLS or TLS for this server; or if the network is meant, add it to delivery.allowPrivateAddresses.',
  });
}

export function misunderstood(server: OutgoingServer, what: string, origin: unknown) {
  return problem(
    {
      code: `${server.kind}.protocol`,
      kind: 'protocol',
      title: `The mail server sent something that is not ${server.kind.toUpperCase()}`,
      detail: `${at(server)}: ${quote(what)}`,
      remedy: `Check that host and port belong to a server that speaks ${server.kind.toUpperCase()}.`,
    },
    origin,
  );
}

export function senderRefused(server: OutgoingServer, said: string, origin: unknown) {
  return problem(
    {
      code: `${server.kind}.sender-refused`,
      kind: 'denied',
      title: 'The mail server does not let this account send from this address',
      detail: `${at(server)}, ${userOf(server)} as ${server.address}${saying(said)}`,
      cause: 'The account that signs in has no right to send as the address.',
      remedy:
        `In Exchange Online PowerShell: Add-RecipientPermission -Identity ${server.address} -Trustee <account or service ` +
        'principal> -AccessRights SendAs. Or let the server send from the address of the account itself.',
      retry: 'no',
    },
    origin,
  );
}

export function tooLarge(server: OutgoingServer, said: string, origin: unknown) {
  return problem(
    {
      code: `${server.kind}.too-large`,
      kind: 'message',
      title: 'The mail is larger than the mail server takes',
      detail: `${at(server)}${saying(said)}`,
      remedy: 'Send it without its largest attachments, or raise the limit on the mail server.',
      retry: 'no',
    },
    origin,
  );
}

/** RFC 6531: to a server without the extension such an address must not be sent. */
export function addressUnsupported(server: OutgoingServer, address: string) {
  return problem({
    code: `${server.kind}.address-unsupported`,
    kind: 'message',
    title: 'The mail server takes no addresses with letters beyond ASCII',
    detail: `${at(server)}: ${quote(address)}`,
    cause:
      'It does not offer SMTPUTF8, which such addresses need. The mail was sent to nobody, as it names the address.',
    remedy: 'Use another address of the recipient, or an outgoing email server that offers SMTPUTF8.',
    retry: 'no',
  });
}

export function notAccepted(server: OutgoingServer, said: string, lasting: boolean, origin: unknown) {
  return problem(
    {
      code: lasting ? `${server.kind}.rejected` : `${server.kind}.deferred`,
      kind: lasting ? 'message' : 'unavailable',
      title: lasting ? 'The mail server rejects the mail' : 'The mail server does not take the mail just now',
      detail: `${at(server)}${saying(said)}`,
      remedy: lasting
        ? 'Mend what the mail server names (address, size, content or policy), then replay.'
        : noneIfItPasses,
      retry: lasting ? 'no' : 'later',
    },
    origin,
  );
}
