import type { Collection } from '../../resources/collection.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import type { AzureSetupState } from './setup.ts';

/** Port: what a set-up needs of this installation. */
export interface Letterbox {
  profiles: Collection<CredentialProfile>;
  servers: Collection<MailServer>;
  /** Names of what else uses the credential profile than the server of the set-up. */
  otherUsers(): Promise<string[]>;
  /** Remembers what was found out, and seals secrets, in one transaction. */
  note(members: Partial<AzureSetupState>, secrets?: Record<string, string>): Promise<void>;
  /** What is sealed beside the set-up, in the clear. */
  secret(name: string): Promise<string | null>;
  /** Asks the authority for tokens as the app. Throws {@link NotYet} while it does not know the app, and Problems. */
  tryApp(profile: CredentialProfile): Promise<void>;
}
