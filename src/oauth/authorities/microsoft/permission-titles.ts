/** What Azure shows beside a permission under *API permissions* (Microsoft Graph permissions reference). */
const delegated: Record<string, string> = {
  offline_access: 'Maintain access to data you have given it access to',
  openid: 'Sign users in',
  profile: "View users' basic profile",
  email: "View users' email address",
  'IMAP.AccessAsUser.All': 'Read and write access to mailboxes via IMAP',
  'POP.AccessAsUser.All': 'Read and write access to mailboxes via POP',
  'SMTP.Send': 'Send emails from mailboxes using SMTP AUTH',
  'EWS.AccessAsUser.All': 'Access mailboxes as the signed-in user via Exchange Web Services',
  'Mail.Read': 'Read user mail',
  'Mail.Read.Shared': 'Read user and shared mail',
  'Mail.ReadWrite': 'Read and write access to user mail',
  'Mail.ReadWrite.Shared': 'Read and write user and shared mail',
  'Mail.Send': 'Send mail as a user',
  'Mail.Send.Shared': 'Send mail on behalf of others',
};

/** Of the protocols’ own, what they allow. */
const application: Record<string, string> = {
  'IMAP.AccessAsApp': 'Access mailboxes via IMAP',
  'POP.AccessAsApp': 'Access mailboxes via POP',
  'SMTP.SendAsApp': 'Send emails via SMTP AUTH',
  full_access_as_app: 'Use Exchange Web Services with full access to all mailboxes',
  'Mail.Read': 'Read mail in all mailboxes',
  'Mail.ReadWrite': 'Read and write mail in all mailboxes',
  'Mail.Send': 'Send mail as any user',
};

/** Null where it is none of the usual ones. */
export function permissionTitle(permission: string, of: 'delegated' | 'application'): string | null {
  return (of === 'delegated' ? delegated : application)[permission] ?? null;
}
