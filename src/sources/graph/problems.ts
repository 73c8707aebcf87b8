import { userOf } from '../../model/mail-server.ts';
import { Problem } from '../../model/problem.ts';
import { at, quote, saying } from '../../network/wording.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';

/** What goes wrong with Microsoft Graph, in the words that a person reads. Which is which is in `explain.ts`. */

export function signInRefused(server: MailServer, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'graph.sign-in-refused',
      kind: 'sign-in',
      title: 'Microsoft Graph refuses the sign-in',
      detail: `${at(server)}, for ${userOf(server)}${saying(said)}`,
      cause:
        'The token was refused, also a fresh one: it is for another resource (Outlook instead of Graph), or a ' +
        'Conditional Access policy keeps this server out.',
      remedy:
        'Check that the credential profile is for Microsoft Graph and asks for its scopes ' +
        '(https://graph.microsoft.com/Mail.ReadWrite; app-only: https://graph.microsoft.com/.default); then ' +
        'reconnect it. If it stays so, look at the sign-in logs in Microsoft Entra.',
      retry: 'later',
    },
    origin,
  );
}

export function accessDenied(server: MailServer, said: string, origin?: unknown): Problem {
  const mailbox = userOf(server);
  return new Problem(
    {
      code: 'graph.access-denied',
      kind: 'denied',
      title: 'The sign-in is good, but it may not do this in the mailbox',
      detail: `${at(server)}, mailbox ${mailbox}${saying(said)}`,
      cause:
        'One of these: (1) the permission is missing or was not consented to: Mail.Read, or Mail.ReadWrite to mark, ' +
        'move and delete; (2) app-only: the app is restricted to other mailboxes; (3) the mailbox is shared, and the ' +
        'permissions are not those for shared ones (Mail.ReadWrite.Shared), or the account that consented has no ' +
        'full access to it.',
      remedy:
        'In Microsoft Entra, under API permissions of the app, add the permission of Microsoft Graph and grant admin ' +
        'consent; then reconnect the profile. App-only: see whether the app reaches the mailbox with ' +
        `Test-ServicePrincipalAuthorization -Identity <app> -Resource ${mailbox}; a change takes up to 2 hours. ` +
        `Shared: Add-MailboxPermission -Identity ${mailbox} -User <account> -AccessRights FullAccess.`,
      retry: 'later',
    },
    origin,
  );
}

export function mailboxUnknown(server: MailServer, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'graph.mailbox-unknown',
      kind: 'mailbox',
      title: 'Microsoft Graph knows no such mailbox',
      detail: `${at(server)}, mailbox ${userOf(server)}${saying(said)}`,
      cause:
        'The address is misspelt, belongs to another tenant, is that of a group, or is not the name by which the ' +
        'user is known (UPN).',
      remedy:
        'Check the address. If the user signs in by another name than the address, give that as the sign-in name ' +
        'of this server.',
      retry: 'later',
    },
    origin,
  );
}

export function mailboxNotEnabled(server: MailServer, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'graph.mailbox-not-enabled',
      kind: 'mailbox',
      title: 'The mailbox cannot be opened by Microsoft Graph',
      detail: `${at(server)}, mailbox ${userOf(server)}${saying(said)}`,
      cause:
        'The mailbox has no licence with Exchange Online, was deleted or never used, belongs to a guest, or lies on ' +
        'an Exchange Server of the organisation.',
      remedy:
        'In the Microsoft 365 admin center give the user a licence with Exchange Online, and open the mailbox once ' +
        'in Outlook on the web. A mailbox on an Exchange Server is read by IMAP or EWS.',
      retry: 'later',
    },
    origin,
  );
}

/** The profile has a password, and Graph takes none. */
export function passwordUnwanted(server: MailServer): Problem {
  return new Problem({
    code: 'graph.password-unwanted',
    kind: 'conflict',
    title: 'Microsoft Graph takes no passwords',
    detail: at(server),
    remedy: 'Use a credential profile with OAuth 2.0 for this server.',
  });
}

export function unavailable(server: MailServer, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'graph.unavailable',
      kind: 'unavailable',
      title: 'Microsoft Graph cannot answer just now',
      detail: `${at(server)}${saying(said)}`,
      cause: 'The service is overloaded or disturbed.',
      remedy:
        'None is needed if it passes: it is tried again by itself. Disturbances are told under Service health in ' +
        'the Microsoft 365 admin center.',
      retry: 'later',
    },
    origin,
  );
}

/** Any other refusal; `doing` says what was asked for. */
export function refused(server: MailServer, doing: string, said: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'graph.refused',
      kind: 'refused',
      title: `Microsoft Graph refuses to ${doing}`,
      detail: `${at(server)}${saying(said)}`,
      remedy: 'It is tried again by itself. If it stays so, report it with the log.',
      retry: 'later',
    },
    origin,
  );
}

export function misunderstood(server: MailServer, what: string, origin?: unknown): Problem {
  return new Problem(
    {
      code: 'graph.protocol',
      kind: 'protocol',
      title: 'The server sent something that is not Microsoft Graph',
      detail: `${at(server)}: ${quote(what)}`,
      cause: 'Something between here and there answers in its place, such as a proxy or a sign-in page.',
      remedy:
        'Check that the host is that of Microsoft Graph in your cloud (graph.microsoft.com), and that proxies let it pass.',
      retry: 'later',
    },
    origin,
  );
}

export function folderMissing(server: MailServer, folder: string): Problem {
  return new Problem({
    code: 'graph.folder-missing',
    kind: 'folder',
    title: 'A folder does not exist in the mailbox',
    detail: `${at(server)}: ${JSON.stringify(quote(folder))}`,
    cause: 'The folder was renamed or deleted, or its name is written differently in the mailbox.',
    remedy:
      'Correct the folder in the settings of this server, or make it in the mailbox. Folders within others are ' +
      'written with a slash: INBOX/Orders.',
    retry: 'later',
  });
}
