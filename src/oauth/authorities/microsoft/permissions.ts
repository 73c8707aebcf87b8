import type { Use } from '../../../model/token.ts';

/** What a use needs at Microsoft. */
export interface Permissions {
  /** Whose permissions they are; Exchange Online answers to two names, each with tokens of its own. */
  of: 'outlook' | 'exchange' | 'graph';
  /** With a person’s consent (scopes). */
  delegated: readonly string[];
  /** Of the app by itself (roles): one of these will do, the usual one first. */
  application: readonly string[];
}

/**
 * Permissions by use (Microsoft: legacy protocols, EWS with OAuth, Graph permissions reference, RBAC for Applications).
 * A mailbox that is shared with whoever consents has a permission of its own in Graph.
 */
const permissions: Record<Use, Permissions> = {
  imap: { of: 'outlook', delegated: ['IMAP.AccessAsUser.All'], application: ['IMAP.AccessAsApp'] },
  pop3: { of: 'outlook', delegated: ['POP.AccessAsUser.All'], application: ['POP.AccessAsApp'] },
  smtp: { of: 'outlook', delegated: ['SMTP.Send'], application: ['SMTP.SendAsApp'] },
  ews: { of: 'exchange', delegated: ['EWS.AccessAsUser.All'], application: ['full_access_as_app'] },
  graph: {
    of: 'graph',
    delegated: ['Mail.ReadWrite', 'Mail.ReadWrite.Shared'],
    application: ['Mail.ReadWrite', 'Mail.Read'],
  },
  'graph-send': { of: 'graph', delegated: ['Mail.Send'], application: ['Mail.Send'] },
};

/** A use that Microsoft has no permission for gets none. */
export function permissionsFor(use: Use): Permissions {
  return permissions[use] ?? { of: 'outlook', delegated: [], application: [] };
}
