/** A mailbox, as administrators set it (Get-Mailbox, Get-CASMailbox, Get-MailboxPermission). */
export interface MailboxState {
  readonly address: string;
  /** Other addresses of the same mailbox. */
  readonly aliases: Set<string>;
  licensed: boolean;
  /** Here, on an Exchange Server of the organisation's own, or deleted and still kept for some days. */
  place: 'here' | 'on premises' | 'soft-deleted';
  imapEnabled: boolean;
  popEnabled: boolean;
  ewsEnabled: boolean;
  /** *Authenticated SMTP*; null leaves it to the organisation. */
  smtpAuthEnabled: boolean | null;
  /** Full access beside the owner's: people by address, apps by the object ID that Exchange knows them by. */
  readonly fullAccess: Set<string>;
  /** The same, for sending in its name. */
  readonly sendAs: Set<string>;
  /** So many of the next sessions find it not connected, for no reason that anybody is told. */
  passing: number;
  /** In milliseconds, as long as it is used too much; 0 when it is not. */
  throttledMs: number;
}

/** An Exchange Online organisation: what its administrators set, once for all protocols. */
export interface ExchangeOrganisation {
  /** A mailbox by its address; made when it is not there yet. */
  mailbox(address: string): MailboxState;
  /** By address or alias. */
  find(address: string): MailboxState | null;
  remove(address: string): void;
  /** Service principals that Exchange was told of (New-ServicePrincipal), by client ID; the object IDs as they were typed. */
  readonly servicePrincipals: Map<string, { objectId: string }>;
  /** Set-TransportConfig -SmtpClientAuthenticationDisabled */
  smtpAuthDisabled: boolean;
  /** Set-OrganizationConfig: -EwsEnabled, and -EWSAllowedAppIDs where it is enforced. */
  ews: { enabled: boolean; allowedApps: Set<string> | null };
  /** Apps that RBAC for Applications lets into these mailboxes only, by client ID (for Graph and EWS). */
  readonly roleScopes: Map<string, Set<string>>;
  /** Apps that an application access policy restricts to these mailboxes, the older way (for Graph and EWS). */
  readonly accessPolicies: Map<string, Set<string>>;
  /** Who was let in where, as the restrictions of apps have it. */
  restrictionOf(appId: string, address: string): 'role scope' | 'access policy' | null;
}

export function createExchangeOrganisation(): ExchangeOrganisation {
  const mailboxes = new Map<string, MailboxState>();
  const find = (address: string) => {
    const key = address.toLowerCase();
    return mailboxes.get(key) ?? mailboxes.values().find(({ aliases }) => aliases.has(key)) ?? null;
  };
  const organisation: ExchangeOrganisation = {
    find,
    mailbox(address) {
      const key = address.toLowerCase();
      const known = mailboxes.get(key) ?? createMailbox(key);
      mailboxes.set(key, known);
      return known;
    },
    remove: (address) => void mailboxes.delete(address.toLowerCase()),
    servicePrincipals: new Map(),
    smtpAuthDisabled: false,
    ews: { enabled: true, allowedApps: null },
    roleScopes: new Map(),
    accessPolicies: new Map(),
    restrictionOf(appId, address) {
      const key = address.toLowerCase();
      if (organisation.accessPolicies.get(appId)?.has(key) === false) return 'access policy';
      return organisation.roleScopes.get(appId)?.has(key) === false ? 'role scope' : null;
    },
  };
  return organisation;
}

function createMailbox(address: string): MailboxState {
  return {
    address,
    aliases: new Set(),
    licensed: true,
    place: 'here',
    imapEnabled: true,
    popEnabled: true,
    ewsEnabled: true,
    smtpAuthEnabled: null,
    fullAccess: new Set(),
    sendAs: new Set(),
    passing: 0,
    throttledMs: 0,
  };
}
