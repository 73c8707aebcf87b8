import { ewsRetirement, isRetired } from '../../model/ews-retirement.ts';
import { noneIfItPasses, Problem } from '../../model/problem.ts';
import { at, quote, saying } from '../../network/wording.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';

/** What goes wrong with a mailbox and its folders, in the words that a person reads. Which error becomes which is in `explain.ts`. */

export function signInRefused(server: MailServer, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'ews.sign-in-refused',
      kind: 'sign-in',
      title: 'The mail server refuses the access token',
      detail: `${at(server)}${saying(said)}`,
      cause:
        'The token was refused, also a fresh one: it is for another resource (Microsoft Graph, say), or the permission ' +
        'to use Exchange Web Services is missing from it.',
      remedy:
        'Check the scope of the credential profile: https://outlook.office365.com/EWS.AccessAsUser.All with a ' +
        'person’s consent, https://outlook.office365.com/.default app-only, with the permission full_access_as_app. ' +
        'Then reconnect the profile.',
      retry: 'later',
    },
    origin,
  );
}

export function noOauth(server: MailServer, offered: string): Problem {
  return new Problem({
    code: 'ews.no-oauth',
    kind: 'protocol',
    title: 'The mail server does not offer sign-in with OAuth 2.0',
    detail: `${at(server)} offers ${quote(offered)}`,
    cause: 'Hybrid modern authentication is not set up, or OAuth is switched off for Exchange Web Services.',
    remedy:
      'On the Exchange Server: Get-WebServicesVirtualDirectory | Set-WebServicesVirtualDirectory ' +
      '-OAuthAuthentication $true, after setting up hybrid modern authentication.',
    retry: 'later',
  });
}

export function passwordUnwanted(server: MailServer): Problem {
  return new Problem({
    code: 'ews.password',
    kind: 'conflict',
    title: 'Exchange Web Services are used with OAuth 2.0 only',
    detail: at(server),
    cause: 'The credential profile holds a password. Basic authentication and NTLM are not used here.',
    remedy: 'Choose a credential profile with OAuth 2.0 for this server.',
  });
}

export function accessDenied(server: MailServer, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'ews.access-denied',
      kind: 'denied',
      title: 'The token is good, but not for this mailbox',
      detail: `${at(server)}, mailbox ${server.address}${saying(said)}`,
      cause:
        'With a person’s consent: the person who consented has no full access to the mailbox. App-only: the ' +
        'application lacks the permission full_access_as_app (or the role Application EWS.AccessAsApp), or a policy ' +
        'restricts it to other mailboxes.',
      remedy:
        `For a person: Add-MailboxPermission -Identity ${server.address} -User <account> -AccessRights FullAccess, or ` +
        'reconnect the profile with the account of the mailbox. App-only: grant admin consent for full_access_as_app ' +
        `of Office 365 Exchange Online, and see Test-ApplicationAccessPolicy -AppId <client ID> -Identity ${server.address}.`,
      retry: 'later',
    },
    origin,
  );
}

export function mailboxMissing(server: MailServer, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'ews.mailbox-missing',
      kind: 'mailbox',
      title: 'The mail server has no such mailbox',
      detail: `${at(server)}, mailbox ${server.address}${saying(said)}`,
      cause:
        'The address is misspelt, or is an alias and not the primary address, or the account has no mailbox or licence here.',
      remedy: `Enter the primary address of the mailbox: Get-Mailbox ${server.address} | Format-List PrimarySmtpAddress.`,
      retry: 'later',
    },
    origin,
  );
}

/** HTTP 403 before anything is looked at: that is how Exchange says that EWS is not for this caller. */
export function disabled(server: MailServer, said: string): Problem {
  const ofMailbox = `For the mailbox: Set-CASMailbox -Identity ${server.address} -EwsEnabled $true.`;
  return new Problem({
    code: 'ews.disabled',
    kind: 'mailbox',
    title: 'Exchange Web Services are switched off for this mailbox or its organisation',
    detail: `${at(server)}, mailbox ${server.address}: 403 Forbidden${saying(said)}`,
    ...(isRetired(server)
      ? { cause: ewsRetirement.what, remedy: `${ewsRetirement.remedy} ${ofMailbox}` }
      : {
          cause: 'EWS is switched off, or a policy admits only programs that it names by their user agent.',
          remedy:
            `${ofMailbox} For the organisation see Get-OrganizationConfig | Format-List Ews*; where a list of programs is ` +
            'enforced, add Letterbox to it.',
        }),
    retry: 'later',
  });
}

export function notExchange(server: MailServer, what: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'ews.protocol',
      kind: 'protocol',
      title: 'The server does not answer as Exchange Web Services do',
      detail: `${at(server)}: ${quote(what)}`,
      cause: 'Host or port belong to something else, or a proxy or sign-in page stands before Exchange.',
      remedy:
        'Check the host: https://<host>/EWS/Exchange.asmx must be the address of Exchange Web Services.',
      retry: 'later',
    },
    origin,
  );
}

export function overloaded(server: MailServer, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'ews.unavailable',
      kind: 'unavailable',
      title: 'The mail server cannot serve the mailbox just now',
      detail: `${at(server)}${saying(said)}`,
      remedy: noneIfItPasses,
      retry: 'later',
    },
    origin,
  );
}
