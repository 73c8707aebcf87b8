import { createMutex } from '../concurrency/mutex.ts';
import type { CredentialProfile, Use } from '../model/credential-profile.ts';
import { Problem, type ProblemJson } from '../model/problem.ts';
import type { AccessToken, TokenSource } from '../model/token.ts';
import type { Log } from '../telemetry/log.ts';
import { authorities } from './authorities/index.ts';
import { explainFailure } from './explain.ts';
import type { GrantRecord } from './grant-record.ts';
import { createKnownTokens } from './known-tokens.ts';
import type { ProfilePassword } from './profile-password.ts';
import type { Resource } from './resource.ts';
import { createRests } from './rests.ts';
import { resourcesOf } from './scope.ts';
import { type TokenAnswer, withAnswer } from './token-set.ts';

/** The token sources of one profile, which may be changed under them. */
export interface ProfileTokens {
  for(use: Use): TokenSource;
  /** See `TokenSources.change`. */
  change<T>(work: () => Promise<T>): Promise<T>;
}

/** Asks the authority for a token, for the refresh token, or without one for grants that have none. */
export type AskForToken = (
  profile: CredentialProfile,
  resource: Resource,
  refreshToken: string | null,
) => Promise<Asked>;

export interface Asked {
  answer: TokenAnswer;
  /** What a person should mend although it went well. */
  warning: Problem | null;
}

/** What the authority gave, until it is stored. */
interface Arrival extends Asked {
  resource: string;
  /** The refresh token it was had for. */
  from: string | null;
  /** The edition of the profile it was asked for with. */
  edition: number;
}

/** The tokens of one profile. `record` keeps them; `ask` gets new ones, one after the other, as they may rotate. */
export function createProfileTokens({
  record,
  ask,
  password,
  log,
}: {
  record: GrantRecord;
  ask: AskForToken;
  password: ProfilePassword;
  log: Log;
}): ProfileTokens {
  const known = createKnownTokens();
  const rests = createRests();
  const asking = createMutex();
  const writing = createMutex();
  const flights = new Map<Use, Promise<AccessToken>>();
  /** What each use needs a token for, as it was when last looked up. */
  const resources = new Map<Use, string>();
  /** What was given but could not be stored yet: it is not asked for twice. */
  let arrived: Arrival | null = null;
  /** Counts the changes of the profile. */
  let edition = 0;

  async function accessToken(use: Use, signal?: AbortSignal): Promise<AccessToken> {
    signal?.throwIfAborted();
    const resource = resources.get(use);
    const ready = resource === undefined ? null : readyFor(resource);
    if (ready) return ready;
    // Whoever comes while one asks, waits for the same answer.
    const flight = flights.get(use) ?? asking(() => obtain(use)).finally(() => flights.delete(use));
    flights.set(use, flight);
    return unlessAborted(flight, signal);
  }

  /** A token that need not be asked for. Throws why none may be asked for now. */
  function readyFor(resource: string): AccessToken | null {
    const fresh = known.fresh(resource);
    if (fresh) return fresh;
    const reason = rests.reason(resource);
    return reason && stillGood(resource, reason);
  }

  /** A token that is due for refreshing but works still; else throws why there is no other. */
  function stillGood(resource: string, problem: Problem): AccessToken {
    const good = known.usable(resource);
    if (good) return good;
    throw problem;
  }

  async function obtain(use: Use): Promise<AccessToken> {
    const begun = edition;
    const [profile, tokens] = await Promise.all([record.profile(), known.all() ?? record.tokens()]);
    if (edition !== begun) return obtain(use);
    if (profile.authentication === 'password') return password.get(profile);
    if (tokens && tokens !== known.all()) known.remember(tokens);
    const resource = authorities[profile.provider].resource(profile, use);
    resources.set(use, resource.id);
    const ready = readyFor(resource.id);
    if (ready) return ready;
    const from = tokens?.refreshToken ?? null;
    if (byPerson(profile) && (profile.state === 'consent-needed' || from === null))
      return stillGood(resource.id, consentNeeded(profile, profile.problem));
    try {
      arrived ??= {
        ...(await ask(profile, resource, from)),
        resource: resource.id,
        from,
        edition: begun,
      };
      return (await keep(profile, arrived, resource.id)) ?? obtain(use);
    } catch (error) {
      return (await fail(profile, resource.id, begun, error)) ?? obtain(use);
    }
  }

  /**
   * Stores before anyone uses: a rotated refresh token that is lost is a consent that is lost. Null when it was for
   * another resource, or the profile was changed meanwhile; then it is stored only if it renews what the change
   * left in place.
   */
  function keep(profile: CredentialProfile, arrival: Arrival, wanted: string): Promise<AccessToken | null> {
    const { resource, answer, from, warning } = arrival;
    return writing(async () => {
      const current = arrival.edition === edition;
      const before = current ? known.all() : await record.tokens();
      if (current || (from !== null && before?.refreshToken === from)) {
        const tokens = withAnswer(before, resource, answer, from);
        await record.renew(profile, tokens, { trouble: rests.lasting(resource), warning });
        if (current) known.remember(tokens);
      }
      arrived = null;
      if (!current) return null;
      rests.end(resource);
      return resource === wanted ? (known.all()?.access[resource] ?? null) : null;
    });
  }

  /** Rests; throws why, unless a token works still. Null when the profile was changed meanwhile. */
  async function fail(profile: CredentialProfile, resource: string, begun: number, error: unknown) {
    const authority = authorities[profile.provider];
    const { problem, personNeeded, ofResource } = await explainFailure(error, authority, profile);
    return writing(async (): Promise<AccessToken | null> => {
      if (edition !== begun) return null;
      const partly = ofResource && resourcesOf(profile, authority).length > 1;
      const waiting = personNeeded && byPerson(profile) && !partly;
      const told = rests.begin(partly ? resource : null, problem, (until) => {
        log.warn({ profile: profile.name, problem: problem.code, until }, problem.title);
        return waiting ? consentNeeded(profile, problem.toJSON()) : problem.retriedAt(until);
      });
      if (waiting) await record.fail(profile, 'consent-needed', problem);
      else if (problem.retry === 'no') await record.fail(profile, 'failing', told);
      return stillGood(resource, told);
    });
  }

  return {
    for: (use) => ({
      accessToken: (signal) => accessToken(use, signal),
      discard(token) {
        known.refuse(token);
        password.refuse(token);
      },
    }),
    change: (work) =>
      writing(async () => {
        const result = await work();
        edition++;
        known.forget();
        rests.endAll();
        password.forget();
        return result;
      }),
  };
}

const byPerson = ({ grant }: CredentialProfile) => grant !== 'client_credentials';

/** Only a person can help, by connecting; `reason` is why the consent of before no longer serves. */
function consentNeeded(profile: CredentialProfile, reason: ProblemJson | null): Problem {
  const because = reason && `${reason.title}${reason.detail ? ` (${reason.detail})` : ''}`;
  return new Problem({
    code: 'oauth.consent-needed',
    kind: 'consent',
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
