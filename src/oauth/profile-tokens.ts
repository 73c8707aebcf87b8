import { backoff } from '../model/backoff.ts';
import type { CredentialProfile } from '../model/credential-profile.ts';
import { Problem, type ProblemJson } from '../model/problem.ts';
import type { AccessToken, TokenSource } from '../model/token.ts';
import type { Log } from '../telemetry/log.ts';
import { authorities } from './authorities/index.ts';
import { explainFailure } from './explain.ts';
import type { GrantRecord } from './grant-record.ts';
import { lastUse, refreshTime, type TokenSet } from './token-set.ts';

/** A token source whose profile may be changed under it. */
export interface ProfileTokens extends TokenSource {
  /** See `TokenSources.change`. */
  change<T>(work: () => Promise<T>): Promise<T>;
}

const transientRest = { first: 2_000, cap: 5 * 60_000 };
/** How often a profile that a person must mend is tried all the same: the mending may be on the other side. */
const failingRest = { first: 10 * 60_000, cap: 10 * 60_000 };

/** What the authority gave, until it is stored. */
interface Arrival {
  tokens: TokenSet;
  /** The refresh token it was had for. */
  from: string | null;
  /** The edition of the profile it was asked for with. */
  edition: number;
}

/**
 * The tokens of one profile. `record` keeps them; `ask` gets new ones from the authority for the refresh token,
 * or without one for grants that have none.
 */
export function createProfileTokens({
  record,
  ask,
  log,
}: {
  record: GrantRecord;
  ask: (profile: CredentialProfile, refreshToken: string | null) => Promise<TokenSet>;
  log: Log;
}): ProfileTokens {
  let known: TokenSet | null = null;
  let refreshAt = 0;
  let refused: string | null = null;
  let flight: Promise<AccessToken> | null = null;
  /** What was given but could not be stored yet: it is not asked for twice. */
  let arrived: Arrival | null = null;
  /** After a failure: nobody asks the authority before then, everybody gets the same Problem (no retry storm). */
  let rest: { until: number; problem: Problem } | null = null;
  let failures = 0;
  /** Counts the changes of the profile. */
  let edition = 0;
  let turn: Promise<unknown> = Promise.resolve();

  /** Writes of one profile, one after the other. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  }

  function knownUntil(instant: number): AccessToken | null {
    return known && known.access.token !== refused && Date.now() < instant ? known.access : null;
  }

  async function accessToken(signal?: AbortSignal): Promise<AccessToken> {
    signal?.throwIfAborted();
    const fresh = knownUntil(refreshAt);
    if (fresh) return fresh;
    if (rest && Date.now() < rest.until) return stillGood(rest.problem);
    // Whoever comes while one asks, waits for the same answer.
    flight ??= obtain().finally(() => {
      flight = null;
    });
    return unlessAborted(flight, signal);
  }

  /** A token that is due for refreshing but works still; else throws why there is no other. */
  function stillGood(problem: Problem): AccessToken {
    const good = known && knownUntil(lastUse(known));
    if (good) return good;
    throw problem;
  }

  async function obtain(): Promise<AccessToken> {
    const begun = edition;
    const [profile, tokens] = await Promise.all([record.profile(), known ?? record.tokens()]);
    if (edition !== begun) return obtain();
    if (tokens && tokens !== known) remember(tokens);
    const fresh = knownUntil(refreshAt);
    if (fresh) return fresh;
    const from = tokens?.refreshToken ?? null;
    if (byPerson(profile) && (profile.state === 'consent-needed' || from === null))
      return stillGood(consentNeeded(profile, profile.problem));
    try {
      arrived ??= { tokens: await ask(profile, from), from, edition: begun };
      return (await keep(profile, arrived)) ?? obtain();
    } catch (error) {
      return (await fail(profile, begun, error)) ?? obtain();
    }
  }

  /**
   * Stores before anyone uses: a rotated refresh token that is lost is a consent that is lost. Null when the
   * profile was changed meanwhile; it is stored then only if it renews what the change left in place.
   */
  function keep(profile: CredentialProfile, { tokens, from, edition: asked }: Arrival) {
    return inTurn(async (): Promise<AccessToken | null> => {
      if (asked === edition || (from !== null && (await record.tokens())?.refreshToken === from))
        await record.renew(profile, tokens);
      arrived = null;
      if (asked !== edition) return null;
      remember(tokens);
      rest = null;
      failures = 0;
      return tokens.access;
    });
  }

  function remember(tokens: TokenSet): void {
    known = tokens;
    refreshAt = refreshTime(tokens);
  }

  /** Rests; throws why, unless a token works still. Null when the profile was changed meanwhile. */
  async function fail(profile: CredentialProfile, begun: number, error: unknown) {
    const { problem, consentNeeded: person } = await explainFailure(
      error,
      authorities[profile.provider],
      profile,
    );
    return inTurn(async (): Promise<AccessToken | null> => {
      if (edition !== begun) return null;
      failures++;
      const lasting = problem.retry === 'no';
      const wait = backoff(failures, lasting ? failingRest : transientRest);
      const named = problem.retry instanceof Date ? problem.retry.getTime() : 0;
      const until = new Date(Math.max(Date.now() + wait, named));
      const later = problem.retriedAt(until);
      const waiting = person && byPerson(profile);
      rest = { until: until.getTime(), problem: waiting ? consentNeeded(profile, problem.toJSON()) : later };
      log.warn({ profile: profile.name, problem: problem.code, until }, problem.title);
      if (waiting) await record.fail(profile, 'consent-needed', problem);
      else if (lasting) await record.fail(profile, 'failing', later);
      return stillGood(rest.problem);
    });
  }

  return {
    accessToken,
    discard(token) {
      // An older one is not handed out any more anyway.
      if (!known || known.access.token === token) refused = token;
    },
    change: (work) =>
      inTurn(async () => {
        const result = await work();
        edition++;
        known = null;
        rest = null;
        failures = 0;
        return result;
      }),
  };
}

const byPerson = ({ grant }: CredentialProfile) => grant === 'authorization_code';

/** Only a person can help, by connecting; `reason` is why the consent of before no longer serves. */
function consentNeeded(profile: CredentialProfile, reason: ProblemJson | null): Problem {
  const because = reason && `${reason.title}${reason.detail ? ` (${reason.detail})` : ''}`;
  return new Problem({
    code: 'oauth.consent-needed',
    title: 'The credential profile must be connected',
    detail: because ? `${profile.name}: ${because}` : profile.name,
    cause: reason?.cause ?? because ?? 'Nobody has consented yet.',
    remedy: `Open the credential profile ${profile.name} and press ${profile.connectedAt ? 'Reconnect' : 'Connect'}.`,
  });
}

/** What is awaited, unless whoever waits has had enough of it; it goes on for the others. */
async function unlessAborted<T>(awaited: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return awaited;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([awaited, aborted]).finally(() => signal.removeEventListener('abort', abort));
}
