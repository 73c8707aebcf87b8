import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import type { Directory } from './directory.ts';
import type { Letterbox } from './letterbox.ts';
import type { Present } from './present.ts';
import type { Registration } from './registration.ts';
import type { AzureSetup, Made } from './setup.ts';

/** One change still to be made, as it is shown before and told when it is made. */
export type Change = Omit<Made, 'done'>;

export interface Wanted {
  setup: AzureSetup;
  registration: Registration;
}

/** What of it is in Letterbox itself. */
export interface Here {
  profile: CredentialProfile | null;
  server: MailServer | null;
  /** What mailboxes can be read by. */
  protocols: readonly string[];
}

/** What a change is made, or taken away again, with. */
export interface Work extends Wanted {
  directory: Directory;
  letterbox: Letterbox;
  signal: AbortSignal;
}

/**
 * One sort of change. Each can be killed between any two lines and made again: it neither doubles nor loses anything.
 * Registered in `changes/index.ts`.
 */
export interface ChangeKind {
  name: string;
  /** It belongs to the app registration, and goes with it. */
  ofApp?: true;
  /** It is made in Letterbox; nobody need have signed in at Microsoft. */
  here?: true;
  /** The role in the directory that it takes, in Azure's words. */
  role?(change: Change): string;
  /** What is not yet as it is wanted: pure comparison. Throws a Problem where it cannot be. */
  plan(wanted: Wanted, present: Present, here: Here): Change[];
  make(change: Change, work: Work, present: Present): Promise<void>;
  /** Takes away what was made, and nothing else; tells whether there was anything to take. */
  undo?(made: Change, work: Work): Promise<boolean>;
}

/** Tells changes apart. */
export function keyOf({ kind, of }: Pick<Change, 'kind' | 'of'>): string {
  return `${kind} ${of}`;
}

/** Who may change app registrations and consent to permissions that are none of Graph's own for apps. */
export const appAdministrator = 'Cloud Application Administrator or Application Administrator';
