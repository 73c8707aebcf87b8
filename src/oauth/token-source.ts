import type { AccessToken, TokenSource, Use } from '../model/token.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { Log } from '../telemetry/log.ts';
import { asClient } from './client.ts';
import type { CredentialParts } from './client-auth/credential.ts';
import { createGrantRecord, type GrantParts } from './grant-record.ts';
import { obtainByClientCredentials } from './grants/client-credentials.ts';
import { refreshTokens } from './grants/refresh-token.ts';
import { createProfilePassword } from './profile-password.ts';
import { type AskForToken, ProfileTokens } from './profile-tokens.ts';

export interface TokenSources {
  /** The profile's token source for a use; it stays good whatever happens to the profile. */
  for(profileId: string, use: Use): TokenSource;
  /**
   * A token that the authority gives now, whatever is in hand and whatever failed before, so that a secret which has
   * expired since shows at once. Throws what the authority said.
   */
  anew(profileId: string, use: Use, signal?: AbortSignal): Promise<AccessToken>;
  /**
   * Does `work`, which writes to the profile's record, its secrets or its tokens, while nothing else does; then
   * forgets what was remembered of the profile, failures included. An answer of the authority that is
   * still on its way is kept only if it renews the very tokens that `work` left in place.
   */
  change<T>(profileId: string, work: () => Promise<T>): Promise<T>;
}

/** The token sources of all profiles: what mail servers are signed in to with. */
export function createTokenSources(parts: GrantParts & CredentialParts & { log: Log }): TokenSources {
  const profiles = new Map<string, ProfileTokens>();

  const ask: AskForToken = (profile: CredentialProfile, resource, refreshToken) =>
    asClient(profile, parts, async ({ authority, configuration, warning }) => ({
      answer:
        refreshToken === null
          ? await obtainByClientCredentials(configuration, resource)
          : await refreshTokens(profile, authority, configuration, resource, refreshToken),
      warning,
    }));

  function tokensOf(profileId: string): ProfileTokens {
    const tokens =
      profiles.get(profileId) ??
      new ProfileTokens({
        record: createGrantRecord(profileId, parts),
        ask,
        password: createProfilePassword(profileId, parts),
        log: parts.log,
      });
    profiles.set(profileId, tokens);
    return tokens;
  }

  return {
    for: (profileId, use) => tokensOf(profileId).for(use),
    anew: (profileId, use, signal) => tokensOf(profileId).anew(use, signal),
    change: (profileId, work) => tokensOf(profileId).change(work),
  };
}
