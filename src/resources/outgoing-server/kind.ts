import type { Kind } from '../resource.ts';

/** A way to send mail. */
export interface OutgoingKind extends Kind {
  /** What a credential profile must be for to send by it, as it is stored and in words. */
  use: { name: string; label: string };
  /** Its usual ports, by how the connection is encrypted; the first one is the usual way. */
  ports: Partial<Record<'tls' | 'starttls' | 'none', number>>;
  /** Where it is reached where no provider says. */
  host?: string;
  /** It cannot do without a sign-in. */
  signsIn?: true;
  /** It takes tokens, and no passwords. */
  tokensOnly?: true;
  /** It takes mails in an envelope of their own (RFC 5321 2.3.1), so that originals can be forwarded. */
  forwards: boolean;
}
