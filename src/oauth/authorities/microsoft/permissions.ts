import type { Use } from '../../../model/token.ts';

/** Scopes of OpenID Connect, which belong to no mailbox; Entra lists them among Microsoft Graph's. */
export const identityScopes = ['offline_access', 'openid', 'profile', 'email'];

export interface UsePermissions {
  /** By which of its names the token's resource is asked for: Exchange Online answers to two. */
  of: 'outlook' | 'exchange' | 'graph';
  /** On behalf of a person who signs in: scopes. */
  delegated: string[];
  /** Of an app by itself: app roles. */
  application: string[];
}

/**
 * What each use needs (Microsoft: legacy protocols, EWS with OAuth, Graph permissions reference). Whatever asks for a
 * scope, registers a permission or looks for a role in a token goes by this.
 */
const permissions: Record<Use, UsePermissions> = {
  imap: { of: 'outlook', delegated: ['IMAP.AccessAsUser.All'], application: ['IMAP.AccessAsApp'] },
  pop3: { of: 'outlook', delegated: ['POP.AccessAsUser.All'], application: ['POP.AccessAsApp'] },
  smtp: { of: 'outlook', delegated: ['SMTP.Send'], application: ['SMTP.SendAsApp'] },
  ews: { of: 'exchange', delegated: ['EWS.AccessAsUser.All'], application: ['full_access_as_app'] },
  // A mailbox that is shared with whoever consents has a permission of its own.
  graph: {
    of: 'graph',
    delegated: ['Mail.ReadWrite', 'Mail.ReadWrite.Shared'],
    application: ['Mail.ReadWrite'],
  },
  'graph-send': { of: 'graph', delegated: ['Mail.Send'], application: ['Mail.Send'] },
};

/** A use that Microsoft has no permission for gets none. */
export function permissionsOf(use: Use): UsePermissions {
  return permissions[use] ?? { of: 'outlook', delegated: [], application: [] };
}

/** Whether Microsoft has what a use needs. */
export function isServed(use: Use): boolean {
  return Object.hasOwn(permissions, use);
}
