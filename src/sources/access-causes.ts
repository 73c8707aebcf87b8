import type { Cause } from '../model/entry.ts';

/** Why a mailbox is not opened to whoever signs in, whatever the protocol says of it; each is told once. */

export const otherAccount = {
  name: 'other-account',
  why: 'Another account consented ({account}) than the mailbox {mailbox} belongs to, often the administrator who was signed in to the browser.',
  remedy:
    'Reconnect the credential profile, and sign in as {mailbox}. If {mailbox} is a shared mailbox, tick “This is a shared mailbox” in this server and give {account} full access to it.',
} as const satisfies Cause;

export const noFullAccess = {
  name: 'no-full-access',
  why: 'The mailbox is shared, and the account that consented ({account}) has no full access to it.',
  remedy:
    'In Exchange Online PowerShell: Add-MailboxPermission -Identity {mailbox} -User {account} -AccessRights FullAccess. It takes effect within about 30 minutes.',
  decide: 'Get-MailboxPermission -Identity {mailbox} in Exchange Online PowerShell lists who has it.',
} as const satisfies Cause;

export const otherResource = {
  name: 'other-resource',
  why: 'The token is for another resource than the one that {protocol} needs.',
  remedy:
    'Clear the scopes of the credential profile, so that it asks for the usual ones ({scopeUrl}; app-only {defaultScope}); then connect it again.',
} as const satisfies Cause;

export const noScope = {
  name: 'no-scope',
  why: 'The delegated permission {scope} is missing from the token.',
  remedy:
    'In Azure open App registrations > your app > API permissions > Add a permission > Microsoft Graph > Delegated permissions, add {scope} and grant admin consent; let the credential profile ask for {scopeUrl}, and reconnect it.',
} as const satisfies Cause;

export const noRole = {
  name: 'no-role',
  why: 'App-only: the application permission {appRole} is missing from the roles of the token.',
  remedy:
    'In Azure open App registrations > your app > API permissions > Add a permission > {api} > Application permissions, add {appRole} and grant admin consent.',
} as const satisfies Cause;

export const otherTenant = {
  name: 'other-tenant',
  why: 'The token is of another tenant than the one of the mailbox.',
  remedy:
    'Enter the Directory (tenant) ID of the mailbox’s organisation in the credential profile, and connect it with an account of that organisation.',
} as const satisfies Cause;

export const unknownService = {
  name: 'service-principal',
  why: 'App-only: Exchange does not know the app’s service principal, or knows it by the Object ID of the App registration instead of the Enterprise application.',
  remedy:
    'In Exchange Online PowerShell: New-ServicePrincipal -AppId {clientId} -ObjectId {objectId}; Add-MailboxPermission -Identity {mailbox} -User {objectId} -AccessRights FullAccess. It takes effect within about 30 minutes.',
  decide:
    'Get-ServicePrincipal | Format-List AppId, ObjectId in Exchange Online PowerShell must list {clientId} with {objectId}.',
} as const satisfies Cause;

export const noPermission = {
  name: 'no-permission',
  why: 'App-only: Exchange gives the app no access to this mailbox.',
  remedy:
    'In Exchange Online PowerShell: Add-MailboxPermission -Identity {mailbox} -User {objectId} -AccessRights FullAccess. It takes effect within about 30 minutes.',
  decide:
    'Get-MailboxPermission -Identity {mailbox} in Exchange Online PowerShell must list the app with FullAccess.',
} as const satisfies Cause;

export const switchedOff = {
  name: 'switched-off',
  why: '{protocol} is switched off for the mailbox, or the mailbox has no licence.',
  remedy:
    'In Exchange Online PowerShell: Set-CASMailbox -Identity {mailbox} -{cmdlet}Enabled $true. Check in the Microsoft 365 admin center that the mailbox has a licence with Exchange Online.',
  decide:
    'Get-CASMailbox -Identity {mailbox} | Format-List {cmdlet}Enabled in Exchange Online PowerShell shows whether it is on.',
} as const satisfies Cause;

export const passing = {
  name: 'passing',
  why: 'A passing fault at the mail server.',
  remedy: 'None is needed: it is tried again by itself.',
} as const satisfies Cause;
