import type { Kind } from '../resource.ts';
import type { CredentialProfile } from './record.ts';

/** Who gives grants; an OAuth 2.0 authority with what else is known of it. */
export interface Provider extends Kind {
  /** Where mailboxes of a profile are, by use; null where the administrator must say. */
  hostFor(profile: CredentialProfile, use: string): string | null;
  /** Whether tokens of a profile may be shown to a host, in lower case; left out where nobody knows better than the administrator. */
  takesTokensTo?(profile: CredentialProfile, host: string): boolean;
}
