import type { Use } from '../model/token.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import { powershell as quote } from './quoting.ts';

/** A part of what an Exchange administrator does, as commands of Exchange Online PowerShell. */
export interface SetupStep {
  title: string;
  why: string;
  commands: string[];
}

const objectIdPlaceholder = '<Object ID on the page of the Enterprise application>';
const groupPlaceholder = '<mail-enabled security group that holds this mailbox only>';

/**
 * What gives an app-only profile its access to one mailbox and to no other, with the profile's own values
 * (Microsoft: Authenticate an IMAP, POP or SMTP connection using OAuth; Role Based Access Control for Applications in
 * Exchange Online). `objectId` is the Enterprise application's, as the claim `oid` of an app-only token tells it.
 */
export function exchangeAccess(
  { name, clientId, tenant, uses }: Pick<CredentialProfile, 'name' | 'clientId' | 'tenant' | 'uses'>,
  mailbox: string,
  objectId: string | null,
): SetupStep[] {
  const app = objectId === null ? `"${objectIdPlaceholder}"` : quote(objectId);
  const has = (...wanted: Use[]) => wanted.some((use) => uses.includes(use));
  return [
    {
      title: 'Connect to Exchange Online and make the app known there',
      why: 'Exchange has a list of its own. The Object ID is the Enterprise application’s; that of the App registration is another one, and does not work.',
      commands: [
        'Install-Module ExchangeOnlineManagement -Scope CurrentUser',
        `Connect-ExchangeOnline${tenant === null ? '' : ` -Organization ${quote(tenant)}`}`,
        `New-ServicePrincipal -AppId ${quote(clientId)} -ObjectId ${app} -DisplayName ${quote(`Letterbox ${name}`)}`,
      ],
    },
    ...(has('imap', 'pop3') ? [mailboxPermission(app, mailbox)] : []),
    ...(has('smtp') ? [sendPermission(app, mailbox)] : []),
    ...(has('graph', 'graph-send', 'ews') ? scopedRoles(uses, clientId, app, mailbox) : []),
  ];
}

function mailboxPermission(app: string, mailbox: string): SetupStep {
  return {
    title: 'Let the app open this mailbox',
    why: 'With IMAP and POP3 an app reaches only the mailboxes that it is given; without this it reaches none.',
    commands: [
      `Add-MailboxPermission -Identity ${quote(mailbox)} -User ${app} -AccessRights FullAccess`,
      `Get-MailboxPermission -Identity ${quote(mailbox)} | Format-Table User, AccessRights`,
    ],
  };
}

function sendPermission(app: string, mailbox: string): SetupStep {
  return {
    title: 'Let the app send from this mailbox',
    why: 'SMTP.SendAsApp alone sends from nowhere.',
    commands: [`Add-RecipientPermission -Identity ${quote(mailbox)} -Trustee ${app} -AccessRights SendAs`],
  };
}

const roles: Partial<Record<Use, string>> = {
  graph: 'Application Mail.ReadWrite',
  'graph-send': 'Application Mail.Send',
  ews: 'Application EWS.AccessAsApp',
};

/** Roles for one mailbox, their proof, and the policy that came before them. */
function scopedRoles(uses: Use[], clientId: string, app: string, mailbox: string): SetupStep[] {
  const scope = quote(`Letterbox ${mailbox}`);
  const filter = quote(`PrimarySmtpAddress -eq '${mailbox.replaceAll("'", "''")}'`);
  const assigned = uses.map((use) => roles[use]).filter((role) => role !== undefined);
  return [
    {
      title: 'Give the app its roles for this mailbox only (RBAC for Applications)',
      why: 'These roles add to what was consented to in Entra. So remove Mail.Read, Mail.ReadWrite, Mail.Send and full_access_as_app from the app’s API permissions there: while they stay, the app reaches every mailbox.',
      commands: [
        `Get-Recipient -RecipientPreviewFilter ${filter} | Format-Table PrimarySmtpAddress   # must show this mailbox and no other`,
        `New-ManagementScope -Name ${scope} -RecipientRestrictionFilter ${filter}`,
        ...assigned.map(
          (role) =>
            `New-ManagementRoleAssignment -App ${app} -Role ${quote(role)} -CustomResourceScope ${scope}`,
        ),
      ],
    },
    {
      title: 'See what Exchange says',
      why: 'InScope must be True for this mailbox and False for any other. Apps notice a change after 30 minutes to 2 hours; this command does at once.',
      commands: [
        `Test-ServicePrincipalAuthorization -Identity ${app} -Resource ${quote(mailbox)} | Format-Table RoleName, InScope`,
        `Test-ServicePrincipalAuthorization -Identity ${app} -Resource '<another mailbox>' | Format-Table RoleName, InScope`,
      ],
    },
    {
      title: 'Or, where the tenant still uses it: an application access policy',
      why: 'The way before RBAC for Applications; Microsoft asks not to make new ones. It restricts Graph and EWS, not IMAP and POP3.',
      commands: [
        `New-ApplicationAccessPolicy -AppId ${quote(clientId)} -PolicyScopeGroupId "${groupPlaceholder}" -AccessRight RestrictAccess -Description 'Letterbox'`,
        `Test-ApplicationAccessPolicy -AppId ${quote(clientId)} -Identity ${quote(mailbox)}`,
      ],
    },
  ];
}
