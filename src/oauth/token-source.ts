import type { CredentialProfile, Use } from '../model/credential-profile.ts';
import type { TokenSource } from '../model/token.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import type { Vault } from '../vault/vault.ts';
import { clientOf } from './client.ts';
import { createGrantRecord } from './grant-record.ts';
import { obtainByClientCredentials } from './grants/client-credentials.ts';
import { refreshTokens } from './grants/refresh-token.ts';
import { createProfileTokens, type ProfileTokens } from './profile-tokens.ts';
import type { TokenSet } from './token-set.ts';

export interface TokenSources {
  /** The profile's one token source for a use; it stays good whatever happens to the profile. */
  for(profileId: string, use: Use): TokenSource;
  /**
   * Does `work`, which writes to the profile's record, its secret or its tokens, while nothing else does; then
   * forgets what was remembered of the profile, failures and rests included. An answer of the authority that is
   * still on its way is kept only if it renews the very tokens that `work` left in place.
   */
  change<T>(profileId: string, work: () => Promise<T>): Promise<T>;
}

/** One token source for each profile: what sources and outgoing servers sign in with. */
export function createTokenSources(parts: {
  store: Store;
  vault: Vault;
  events: EventBus;
  log: Log;
}): TokenSources {
  const sources = new Map<string, ProfileTokens>();

  async function ask(profile: CredentialProfile, refreshToken: string | null): Promise<TokenSet> {
    const { authority, configuration } = await clientOf(profile, parts);
    return refreshToken === null
      ? obtainByClientCredentials(profile, authority, configuration)
      : refreshTokens(profile, authority, configuration, refreshToken);
  }

  function sourceOf(profileId: string): ProfileTokens {
    const source =
      sources.get(profileId) ??
      createProfileTokens({ record: createGrantRecord(profileId, parts), ask, log: parts.log });
    sources.set(profileId, source);
    return source;
  }

  return {
    for: (profileId) => sourceOf(profileId),
    change: (profileId, work) => sourceOf(profileId).change(work),
  };
}
