import type {
  AdminConsent,
  ClientCertificate,
  ConsentedAccount,
  ProfileState,
} from '../../model/credential-profile.ts';
import type { ProblemJson } from '../../model/problem.ts';
import type { ValuesOf } from '../field.ts';
import type { ResourceRecord } from '../resource.ts';
import type { profileFields } from './fields.ts';

/** How Letterbox gets into mailboxes: one app registration and, once connected, its grant; or a password. */
export type CredentialProfile = ResourceRecord &
  ValuesOf<typeof profileFields> & {
    provider: string;
    /** The public part of the certificate that the app is authenticated by; its key is sealed beside it. */
    clientCertificate: ClientCertificate | null;
    state: ProfileState;
    /** Who consented, as the identity token said. */
    account: ConsentedAccount | null;
    /** Why the profile is in its state, when something is wrong; of a connected one, what should be mended in time. */
    problem: ProblemJson | null;
    connectedAt: string | null;
    /** The latest answer of an administrator for everybody; null where none was asked of this app. */
    adminConsent: AdminConsent | null;
    /** Mail hosts that its password was entered for, in lower case; none before the first server uses it. */
    hosts: string[];
  };

export type GrantType = CredentialProfile['grant'];
export type ClientAuthentication = CredentialProfile['clientAuthentication'];
