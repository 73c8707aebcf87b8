import type { AfterIntake } from '../../model/mail-server.ts';
import type { Kind } from '../resource.ts';

/** A way to read mailboxes. */
export interface Protocol extends Kind {
  /** Its usual ports (IANA) by how the connection is encrypted; `starttls` where it knows that (RFC 2595, RFC 3501). */
  ports: { tls: number; starttls?: number };
  /** Whether mailboxes have folders to choose from. */
  folders: boolean;
  /** What it can do on the server once a message is safe here. */
  actions: readonly AfterIntake['action'][];
  /** What tokens are for that are used by it, in words. */
  use: string;
  /** It takes tokens, and no passwords. */
  tokensOnly?: true;
}
