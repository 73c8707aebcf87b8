import { backoff } from '../model/backoff.ts';
import type { CredentialProfile } from '../model/credential-profile.ts';
import { Problem } from '../model/problem.ts';
import type { AccessToken, TokenSource } from '../model/token.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import type { Vault } from '../vault/vault.ts';
import { authorities } from './authorities/index.ts';
import { clientOf, tokenUrlOf } from './client.ts';
import { explainFailure } from './explain.ts';
import { obtainByClientCredentials } from './grants/client-credentials.ts';
import { refreshTokens } from './grants/refresh-token.ts';
import { type TokenSet, tokensName } from './token-set.ts';

export interface TokenSources {
  for(profileId: string): TokenSource;
  /** The profile was changed or connected: nothing remembered of it holds any more. */
  forget(profileId: string): void;
}

/** A token is refreshed this long before it expires, less a random part so that profiles do not all come at once. */
const aheadMilliseconds = 5 * 60_000;
/** A token with less left is not handed out. */
const leastMilliseconds = 60_000;
const transientDelay = { first: 2_000, cap: 5 * 60_000 };
/** How often a profile that a person must mend is tried all the same: the mending may be on the other side. */
const failingDelay = 10 * 60_000;

interface Parts {
  store: Store;
  vault: Vault;
  events: EventBus;
  log: Log;
}

/** One token source for each profile: what sources and outgoing servers sign in with. */
export function createTokenSources(parts: Parts): TokenSources {
  const sources = new Map<string, TokenSource>();
  return {
    for(profileId) {
      const source = sources.get(profileId) ?? createTokenSource(profileId, parts);
      sources.set(profileId, source);
      return source;
    },
    forget: (profileId) => void sources.delete(profileId),
  };
}

function createTokenSource(profileId: string, { store, vault, events, log }: Parts): TokenSource {
  let known: TokenSet | null = null;
  let refreshAt = 0;
  let flight: Promise<AccessToken> | null = null;
  /** After a failure: nobody asks the authority before then, everybody gets the same Problem (no retry storm). */
  let rest: { until: number; problem: Problem } | null = null;
  let failures = 0;
  const discarded = new Set<string>();

  async function accessToken(): Promise<AccessToken> {
    const now = Date.now();
    if (known && !discarded.has(known.access.token) && now < refreshAt) return known.access;
    if (rest && now < rest.until) return stillGood(now) ?? Promise.reject(rest.problem);
    // Whoever comes while one asks, waits for the same answer.
    flight ??= obtain().finally(() => {
      flight = null;
    });
    return flight;
  }

  /** A token that is due for refreshing, but works still. */
  function stillGood(now: number): AccessToken | null {
    if (!known || discarded.has(known.access.token)) return null;
    return Date.parse(known.access.expiresAt) - now > leastMilliseconds ? known.access : null;
  }

  async function obtain(): Promise<AccessToken> {
    const profile = await store.profiles.get(profileId);
    if (!profile) throw profileGone(profileId);
    const stored = known ?? (await readTokens());
    if (!known && stored && !discarded.has(stored.access.token)) {
      remember(stored);
      if (Date.now() < refreshAt) return stored.access;
    }
    if (profile.grant === 'authorization_code' && profile.state === 'consent-needed')
      throw consentNeeded(profile);
    try {
      const tokens = await ask(profile, stored);
      // Kept before anyone uses it: a rotated refresh token that is lost is a consent that is lost.
      await keep(profile, tokens);
      remember(tokens);
      rest = null;
      failures = 0;
      return tokens.access;
    } catch (error) {
      return fail(profile, error);
    }
  }

  async function readTokens(): Promise<TokenSet | null> {
    const sealed = await store.secrets.read(profileId, tokensName);
    return sealed ? JSON.parse(vault.open(profileId, tokensName, sealed)) : null;
  }

  async function ask(profile: CredentialProfile, stored: TokenSet | null): Promise<TokenSet> {
    const { authority, configuration } = await clientOf(profile, { store, vault });
    if (profile.grant === 'client_credentials')
      return obtainByClientCredentials(profile, authority, configuration);
    if (!stored?.refreshToken) throw consentNeeded(profile);
    return refreshTokens(profile, authority, configuration, stored.refreshToken);
  }

  async function keep(profile: CredentialProfile, tokens: TokenSet): Promise<void> {
    await store.profiles.setGrant(
      profileId,
      {
        state: 'connected',
        problem: null,
        ...(profile.connectedAt === null && { connectedAt: new Date().toISOString() }),
      },
      { [tokensName]: vault.seal(profileId, tokensName, JSON.stringify(tokens)) },
    );
    if (profile.state !== 'connected') tell(profile, 'connected', null);
  }

  function remember(tokens: TokenSet): void {
    known = tokens;
    const left = Date.parse(tokens.access.expiresAt) - Date.now();
    refreshAt = Date.now() + left - Math.min(aheadMilliseconds, left / 4) * (1 + Math.random() / 2);
  }

  async function fail(profile: CredentialProfile, error: unknown): Promise<AccessToken> {
    const failure = explainFailure(error, authorities[profile.provider], tokenUrlOf(profile));
    failures++;
    const transient = failure.problem.retry !== 'no';
    const delay = transient ? backoff(failures, transientDelay) : failingDelay;
    const until = Date.now() + delay;
    const problem = failure.problem.retriedAt(new Date(until));
    rest = { until, problem };
    log.warn({ profile: profile.name, problem: problem.code, retryInSeconds: delay / 1000 }, problem.message);
    if (!transient) {
      const state =
        failure.consentNeeded && profile.grant === 'authorization_code' ? 'consent-needed' : 'failing';
      await store.profiles.setGrant(profileId, { state, problem: problem.toJSON() });
      tell(profile, state, problem);
    }
    return stillGood(Date.now()) ?? Promise.reject(problem);
  }

  function tell(profile: CredentialProfile, state: string, problem: Problem | null): void {
    events.emit('profile.state', {
      profileId,
      profile: profile.name,
      state,
      problem: problem?.toJSON() ?? null,
    });
  }

  return {
    accessToken,
    discard(token) {
      // Only the newest can be handed out again; older ones need no memory.
      discarded.clear();
      discarded.add(token);
    },
  };
}

function consentNeeded(profile: CredentialProfile): Problem {
  const reason = profile.problem;
  return new Problem({
    code: 'oauth.consent-needed',
    title: 'The credential profile must be connected',
    detail: reason ? `${profile.name}: ${reason.title}` : profile.name,
    cause: reason?.cause ?? 'Nobody has consented yet.',
    remedy: `Open the credential profile ${profile.name} and press ${profile.connectedAt ? 'Reconnect' : 'Connect'}.`,
  });
}

function profileGone(profileId: string): Problem {
  return new Problem({
    code: 'oauth.profile-missing',
    title: 'The credential profile no longer exists',
    detail: profileId,
    remedy: 'Choose another credential profile for the server.',
  });
}
