/** What was found for a mail address: for each value from where it is known, and all that was looked at. */
export interface Discovery {
  address: string;
  /** The domain of the address as the DNS has it (A-labels, RFC 5890 2.3.2.1). */
  domain: string;
  /** In a sentence: whose the mailbox is, or that nothing was found. */
  summary: string;
  /** Values for the fields of resources, by their type: `profile`, `server`, `outgoing-server`. */
  settings: Record<string, Setting[]>;
  /** Every server that was named, the best first. */
  servers: FoundServer[];
  /** Where sources do not agree. */
  conflicts: Conflict[];
  /** What whoever takes the values over should know. */
  remarks: string[];
  /** Every source, in the order of the questions. */
  evidence: Evidence[];
}

/** A value for a field of a resource, as the API takes it. */
export interface Setting {
  field: string;
  value: string | number | string[] | null;
  /** `MX of contoso.com`; several are joined. */
  from: string;
  remark: string | null;
}

/** What one source says. */
export interface Evidence {
  /** `MX of contoso.com` */
  from: string;
  /** `nothing`: it knows nothing of the domain; `failed`: it could not be asked, or what it said is not believed. */
  state: 'found' | 'nothing' | 'failed';
  detail: string;
}

export interface Conflict {
  /** What it is about: `Mail server`. */
  what: string;
  taken: Said;
  others: Said[];
}

export interface Said {
  value: string;
  from: string;
}

/** A server that somebody named for the mailboxes of a domain. */
export interface FoundServer {
  /** A protocol that mail is read by, or `smtp`. */
  protocol: string;
  host: string;
  port: number;
  security: 'tls' | 'starttls';
  /** What one signs in with; null for the mail address. */
  username: string | null;
  /** What it takes; empty where nobody says. */
  authentication: ('oauth2' | 'password')[];
  from: string;
  remark: string | null;
}

/** Where a domain's mailboxes are, by one source. */
export interface Sign {
  provider: string;
  /** `Microsoft 365` */
  service: string;
  /** What follows from it for a profile. */
  profile: { cloud?: string; tenant?: string };
  from: string;
}
