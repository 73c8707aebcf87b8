import { userOf } from '../model/mail-server.ts';
import type { Problem, ProblemFields } from '../model/problem.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import { valuesOf } from '../sources/sign-in-problems.ts';
import { readClaims, type TokenClaims } from './token-claims.ts';

/**
 * "User is authenticated but not connected" has five causes. What the token says of itself tells most
 * of them apart; an opaque token leaves the problem with all its causes.
 */
export function narrowNotConnected(problem: Problem, server: MailServer, token: string): Problem {
  const claims = readClaims(token);
  if (!claims) return problem;
  const narrowed = claims.appOnly ? explainApp(claims, server) : explainPerson(claims, server);
  return problem.with(narrowed);
}

type Explanation = Pick<ProblemFields, 'cause' | 'remedy'>;

function explainApp({ roles, clientId, objectId }: TokenClaims, server: MailServer): Explanation {
  const permission = `${valuesOf(server).permission}.AccessAsApp`;
  if (!roles.includes(permission)) {
    return {
      cause: `The application has no permission ${permission}: it is missing from the roles of its token.`,
      remedy:
        `In the App registration add the application permission ${permission} of Office 365 Exchange Online, ` +
        'and grant admin consent.',
    };
  }
  const client = clientId ?? '<client ID>';
  const object = objectId ?? '<object ID of the Enterprise application>';
  return {
    cause:
      'The application has its permission, but Exchange does not know its service principal, knows it by the object ' +
      'of the App registration instead of the Enterprise application, or gives it no access to this mailbox.',
    remedy:
      'In Exchange Online PowerShell: ' +
      `New-ServicePrincipal -AppId ${client} -ObjectId ${object}; ` +
      `Add-MailboxPermission -Identity ${server.address} -User ${object} -AccessRights FullAccess. ` +
      'It takes effect within about 30 minutes.',
  };
}

function explainPerson({ account, scopes }: TokenClaims, server: MailServer): Explanation {
  const mailbox = userOf(server);
  const { protocol: name, permission, cmdlet } = valuesOf(server);
  const scope = `${permission}.AccessAsUser.All`;
  if (!scopes.some((granted) => granted.endsWith(scope))) {
    return {
      cause: `The token does not carry the permission ${scope}.`,
      remedy: `Ask for the scope https://outlook.office.com/${scope} in the credential profile, and reconnect it.`,
    };
  }
  if (account !== null && account.toLowerCase() !== mailbox.toLowerCase()) {
    return {
      cause: `${account} consented, the mailbox is ${mailbox}: another account, or one without full access to a shared mailbox.`,
      remedy:
        `If ${mailbox} has its own account, reconnect the profile with it. If it is a shared mailbox: ` +
        `Add-MailboxPermission -Identity ${mailbox} -User ${account} -AccessRights FullAccess.`,
    };
  }
  return {
    cause: `The right account consented: ${name} is switched off for the mailbox, or the mailbox has no licence.`,
    remedy:
      `In Exchange Online PowerShell: Set-CASMailbox -Identity ${mailbox} -${cmdlet}Enabled $true. ` +
      'Check in the admin center that the account has a licence with Exchange Online.',
  };
}
