import type { FieldProblem } from '../model/problem.ts';
import type { Provider } from '../resources/credential-profile/provider.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { Change } from '../resources/resource.ts';
import type { Authority } from './authority.ts';

/** A provider: what an administrator can choose of it, and the authority that gives its grants. */
export interface OauthProvider extends Provider {
  authority: Authority;
  /** What it would refuse, far from the cause; told while the administrator still looks at the form. */
  contradictions(profile: CredentialProfile, secrets: ProfileSecrets): FieldProblem[];
}

/** What came with the input of each secret, and whether there is one already. */
export type ProfileSecrets = Change['secrets'];
