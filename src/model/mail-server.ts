import type { ProblemJson } from './problem.ts';

/** ISO 8601 in UTC with milliseconds (`Date.prototype.toISOString`), so that text order is time order. */
export type Instant = string;

export const protocols = ['imap'] as const;
export type Protocol = (typeof protocols)[number];

/** How the connection is encrypted: from its first byte, or by STARTTLS (RFC 3501 6.2.1). Never not at all. */
export type ConnectionSecurity = 'tls' | 'starttls';

/** What is done on the server once a message is durable here. */
export type AfterIntake =
  | { action: 'leave' }
  | { action: 'mark-read' }
  | { action: 'move'; folder: string }
  | { action: 'delete' };

/** An incoming email server: one mailbox and how it is read. */
export interface MailServer {
  id: string;
  name: string;
  /** The mailbox's address; opened as the SASL user unless `username` says otherwise. */
  address: string;
  protocol: Protocol;
  host: string;
  port: number;
  security: ConnectionSecurity;
  /** The SASL user where it differs from the address (a UPN, say). */
  username: string | null;
  /** PEM of a private authority that signed the server's certificate. */
  certificateAuthority: string | null;
  profileId: string;
  /** Folders to read; the first one is watched (IDLE), the others are polled. */
  folders: string[];
  /** Messages the server received before this instant are left alone; null takes everything. */
  startFrom: Instant | null;
  afterIntake: AfterIntake;
  paused: boolean;
  createdAt: Instant;
  updatedAt: Instant;
}

export type MailServerCondition =
  | 'starting'
  | 'synchronising'
  | 'watching'
  /** Trouble; `problem` says what, `retryAt` when it is tried again. */
  | 'failing'
  | 'paused'
  /** Letterbox does not run: nobody reads it. */
  | 'stopped';

/** What a mailbox's loop is doing now, as shown on the overview. */
export interface MailServerState {
  serverId: string;
  condition: MailServerCondition;
  problem: ProblemJson | null;
  since: Instant;
  /** When the server last answered us in good order. */
  lastContactAt: Instant | null;
  lastMessageAt: Instant | null;
  retryAt: Instant | null;
}
