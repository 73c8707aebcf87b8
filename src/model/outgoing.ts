import type { ConnectionSecurity, Instant } from './mail-server.ts';

export const outgoingKinds = ['smtp', 'lmtp', 'graph'] as const;
export type OutgoingKind = (typeof outgoingKinds)[number];

/** An outgoing email server: how mail is sent, and as whom. */
export interface OutgoingServer {
  id: string;
  name: string;
  kind: OutgoingKind;
  /** SMTP and LMTP; for Graph the API's host. */
  host: string;
  port: number;
  /** `none` only for LMTP and SMTP on this machine or in a network that the administrator allows. */
  security: ConnectionSecurity | 'none';
  /** PEM of a private authority that signed the server's certificate. */
  certificateAuthority: string | null;
  /** Null where the server asks for no sign-in. */
  profileId: string | null;
  /** The SASL user where it differs from the address. */
  username: string | null;
  /** Whom mail is from. */
  address: string;
  displayName: string | null;
  enabled: boolean;
  createdAt: Instant;
  updatedAt: Instant;
}

/** The envelope of a mail (RFC 5321 2.3.1): who gets it, and who hears of it when that fails. */
export interface Envelope {
  /** Empty for mail that nobody must answer automatically (`MAIL FROM:<>`). */
  from: string;
  to: string[];
}

/** A mail on its way out: composed once, sent as these very bytes however often it is tried. */
export interface OutgoingMail {
  /** Letterbox id, `out_…`. */
  id: string;
  serverId: string;
  envelope: Envelope;
  messageId: string;
  subject: string;
  /** The message that it answers, if it does. */
  inReplyTo: string | null;
  size: number;
  createdAt: Instant;
}
