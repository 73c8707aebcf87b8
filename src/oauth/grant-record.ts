import type { ProfileState } from '../model/credential-profile.ts';
import { Problem } from '../model/problem.ts';
import type { Collection } from '../resources/collection.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Vault } from '../vault/vault.ts';
import { openSecret, tokensName } from './sealed.ts';
import type { TokenSet } from './token-set.ts';

/** What is stored of one profile's grant; changes of its state are told to whoever listens. */
export interface GrantRecord {
  /** Throws `oauth.profile-missing`. */
  profile(): Promise<CredentialProfile>;
  /** Throws `vault.cannot-open`. */
  tokens(): Promise<TokenSet | null>;
  /**
   * The grant was renewed; `profile` is what it was renewed for. `trouble`: what still keeps another resource of it
   * from its tokens; `warning`: what should be mended although it went well.
   */
  renew(
    profile: CredentialProfile,
    tokens: TokenSet,
    found: { trouble: Problem | null; warning: Problem | null },
  ): Promise<void>;
  /** Stores tokens without a word about the grant. */
  keep(tokens: TokenSet): Promise<void>;
  /** The grant no longer serves; `tokens` where it is tried again, which they remember. */
  fail(
    profile: CredentialProfile,
    state: ProfileState,
    problem: Problem,
    tokens?: TokenSet | null,
  ): Promise<void>;
}

export interface GrantParts {
  profiles: Pick<Collection<CredentialProfile>, 'find' | 'note'>;
  store: Store;
  vault: Vault;
  events: EventBus;
}

export function createGrantRecord(
  profileId: string,
  { profiles, store, vault, events }: GrantParts,
): GrantRecord {
  function tell(profile: CredentialProfile, state: ProfileState, problem: Problem | null): void {
    if (profile.state === state && profile.problem?.code === problem?.code) return;
    events.emit('profile.state', {
      profileId,
      profile: profile.name,
      state,
      problem: problem?.toJSON() ?? null,
    });
  }

  return {
    async profile() {
      const profile = await profiles.find(profileId);
      if (profile) return profile;
      throw new Problem({
        code: 'oauth.profile-missing',
        kind: 'conflict',
        title: 'The credential profile no longer exists',
        detail: profileId,
        remedy: 'Choose another credential profile for the server.',
      });
    },

    async tokens() {
      const text = await openSecret({ store, vault }, profileId, tokensName);
      return text === null ? null : JSON.parse(text);
    },

    async renew(profile, tokens, { trouble, warning }) {
      const state = trouble ? 'failing' : 'connected';
      const problem = trouble ?? warning;
      await profiles.note(profileId, () => ({
        record: {
          state,
          problem: problem?.toJSON() ?? null,
          ...(profile.connectedAt === null && { connectedAt: new Date().toISOString() }),
        },
        secrets: { [tokensName]: JSON.stringify(tokens) },
      }));
      tell(profile, state, problem);
    },

    async keep(tokens) {
      await profiles.note(profileId, () => ({ secrets: { [tokensName]: JSON.stringify(tokens) } }));
    },

    async fail(profile, state, problem, tokens = null) {
      await profiles.note(profileId, () => ({
        record: { state, problem: problem.toJSON() },
        ...(tokens && { secrets: { [tokensName]: JSON.stringify(tokens) } }),
      }));
      tell(profile, state, problem);
    },
  };
}
