import { createMutex } from '../concurrency/mutex.ts';
import { Problem, type ProblemJson } from '../model/problem.ts';
import type { AccessToken, TokenSource, Use } from '../model/token.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { Log } from '../telemetry/log.ts';
import { authorityOf } from './authorities/index.ts';
import { explainFailure } from './explain.ts';
import { FailureBackOff } from './failure-back-off.ts';
import type { GrantRecord } from './grant-record.ts';
import { RotatedToken } from './invalid-answer.ts';
import { createKnownTokens } from './known-tokens.ts';
import type { ProfilePassword } from './profile-password.ts';
import type { Resource } from './resource.ts';
import { resourcesOf } from './scope.ts';
import { afterRefusal, type TokenAnswer, type TokenSet, withAnswer } from './token-set.ts';

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

/** The tokens of one profile, which may be changed under them. */
export class ProfileTokens {
  readonly #record: GrantRecord;
  readonly #ask: AskForToken;
  readonly #password: ProfilePassword;
  readonly #log: Log;
  readonly #known = createKnownTokens();
  readonly #backOff = new FailureBackOff();
  readonly #asking = createMutex();
  readonly #writing = createMutex();
  readonly #flights = new Map<Use, Promise<AccessToken>>();
  /** What each use needs a token for, as it was when last looked up. */
  readonly #resources = new Map<Use, string>();
  /** What was given but could not be stored yet: it is not asked for twice. */
  #arrived: Arrival | null = null;
  /** Counts the changes of the profile. */
  #edition = 0;

  /** `record` keeps the tokens; `ask` gets new ones, one after the other, as they may rotate. */
  constructor({
    record,
    ask,
    password,
    log,
  }: {
    record: GrantRecord;
    ask: AskForToken;
    password: ProfilePassword;
    log: Log;
  }) {
    this.#record = record;
    this.#ask = ask;
    this.#password = password;
    this.#log = log;
  }

  for(use: Use): TokenSource {
    return {
      accessToken: (signal) => this.#accessToken(use, signal),
      discard: (token) => {
        this.#known.refuse(token);
        this.#password.refuse(token);
      },
    };
  }

  /** See `TokenSources.anew`. */
  anew(use: Use, signal?: AbortSignal): Promise<AccessToken> {
    return unlessAborted(
      this.#asking(() => this.#obtain(use, true)),
      signal,
    );
  }

  /** See `TokenSources.change`. */
  change<T>(work: () => Promise<T>): Promise<T> {
    return this.#writing(async () => {
      const result = await work();
      this.#edition++;
      this.#known.forget();
      this.#backOff.reset();
      this.#password.forget();
      return result;
    });
  }

  async #accessToken(use: Use, signal?: AbortSignal): Promise<AccessToken> {
    signal?.throwIfAborted();
    const resource = this.#resources.get(use);
    const ready = resource === undefined ? null : this.#readyFor(resource);
    if (ready) return ready;
    // Whoever comes while one asks, waits for the same answer.
    const flight =
      this.#flights.get(use) ??
      this.#asking(() => this.#obtain(use)).finally(() => this.#flights.delete(use));
    this.#flights.set(use, flight);
    return unlessAborted(flight, signal);
  }

  /** A token that need not be asked for. Throws why none may be asked for now. */
  #readyFor(resource: string): AccessToken | null {
    const fresh = this.#known.fresh(resource);
    if (fresh) return fresh;
    const reason = this.#backOff.reason(resource);
    return reason && this.#stillGood(resource, reason);
  }

  /** A token that is due for refreshing but works still; else throws why there is no other. */
  #stillGood(resource: string, problem: Problem): AccessToken {
    const good = this.#known.usable(resource);
    if (good) return good;
    throw problem;
  }

  /** `anew`: whatever is in hand, and whatever failed before. */
  async #obtain(use: Use, anew = false): Promise<AccessToken> {
    const begun = this.#edition;
    const [profile, tokens] = await Promise.all([
      this.#record.profile(),
      this.#known.all() ?? this.#record.tokens(),
    ]);
    if (this.#edition !== begun) return this.#obtain(use, anew);
    if (profile.authentication === 'password') return this.#password.get(profile);
    if (tokens && tokens !== this.#known.all()) this.#known.remember(tokens);
    const resource = authorityOf(profile).resource(profile, use);
    this.#resources.set(use, resource.id);
    const from = tokens?.refreshToken ?? null;
    if (byPerson(profile) && from === null && anew) throw consentNeeded(profile, profile.problem);
    const known = anew ? null : this.#withoutAsking(profile, resource.id, tokens);
    if (known) return known;
    try {
      this.#arrived ??= {
        ...(await this.#ask(profile, resource, from)),
        resource: resource.id,
        from,
        edition: begun,
      };
      return (await this.#save(profile, this.#arrived, resource.id)) ?? this.#obtain(use, anew);
    } catch (error) {
      return (await this.#fail(profile, resource.id, { begun, anew }, error)) ?? this.#obtain(use, anew);
    }
  }

  /** A token that is good still; null when the authority is to be asked. Throws why it may not be asked now. */
  #withoutAsking(profile: CredentialProfile, resource: string, tokens: TokenSet | null): AccessToken | null {
    const ready = this.#readyFor(resource);
    if (ready) return ready;
    const until = profile.state === 'failing' && tokens?.refused ? new Date(tokens.refused.until) : null;
    // Told before a restart, perhaps
    if (until && profile.problem && Date.now() < until.getTime())
      return this.#stillGood(resource, Problem.fromJSON(profile.problem).retriedAt(until));
    if (byPerson(profile) && (profile.state === 'consent-needed' || tokens?.refreshToken == null))
      return this.#stillGood(resource, consentNeeded(profile, profile.problem));
    return null;
  }

  /**
   * Stores before anyone uses: a rotated refresh token that is lost is a consent that is lost. Null when it was for
   * another resource, or the profile was changed meanwhile; then it is stored only if it renews what the change
   * left in place.
   */
  #save(profile: CredentialProfile, arrival: Arrival, wanted: string): Promise<AccessToken | null> {
    const { resource, answer, from, warning } = arrival;
    return this.#writing(async () => {
      const current = arrival.edition === this.#edition;
      const before = current ? this.#known.all() : await this.#record.tokens();
      if (current || (from !== null && before?.refreshToken === from)) {
        const tokens = withAnswer(before, resource, answer, from);
        await this.#record.renew(profile, tokens, { trouble: this.#backOff.lasting(resource), warning });
        if (current) this.#known.remember(tokens);
      }
      this.#arrived = null;
      if (!current) return null;
      this.#backOff.succeeded(resource);
      return resource === wanted ? (this.#known.all()?.access[resource] ?? null) : null;
    });
  }

  /** What cannot be used may have brought the next refresh token all the same. */
  async #keepRotated(origin: unknown): Promise<void> {
    const known = this.#known.all();
    if (!(origin instanceof RotatedToken) || known?.refreshToken == null) return;
    const tokens = { ...known, refreshToken: origin.refreshToken };
    this.#known.remember(tokens);
    await this.#record.keep(tokens);
  }

  /**
   * Backs off; throws why, unless a token works still that was not asked for `anew`. Null when the profile was changed
   * since it `begun`.
   */
  async #fail(
    profile: CredentialProfile,
    resource: string,
    { begun, anew }: { begun: number; anew: boolean },
    error: unknown,
  ) {
    const authority = authorityOf(profile);
    const failure = await explainFailure(error, authority, profile);
    return this.#writing(async (): Promise<AccessToken | null> => {
      if (this.#edition !== begun) return null;
      await this.#keepRotated(failure.problem.origin);
      const partly = failure.ofResource && resourcesOf(profile, authority).length > 1;
      const waiting = failure.personNeeded && byPerson(profile) && !partly;
      const known = this.#known.all();
      const again = waiting && failure.mayPass && known ? afterRefusal(known) : null;
      const problem = again ? mayPass(failure.problem, new Date(again.refused.until)) : failure.problem;
      const scope = partly ? resource : null;
      const told = this.#backOff.failed(scope, problem, (until) => {
        this.#log.warn({ profile: profile.name, problem: problem.code, until }, problem.title);
        return waiting && !again ? consentNeeded(profile, problem.toJSON()) : problem.retriedAt(until);
      });
      if (again) {
        this.#known.remember(again);
        await this.#record.fail(profile, 'failing', problem, again);
      } else if (waiting) await this.#record.fail(profile, 'consent-needed', problem);
      else if (problem.retry === 'no' || this.#backOff.isLong(scope))
        await this.#record.fail(profile, 'failing', told);
      // The authority's own words are what whoever asks anew wants to see
      if (anew) throw problem;
      return this.#stillGood(resource, told);
    });
  }
}

/** A refusal that does not say why has been seen to pass. */
function mayPass(problem: Problem, until: Date): Problem {
  const remedy = `${problem.remedy} It is tried again a few times within the next hour, as it may pass.`;
  return problem.with({ remedy, retry: until });
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
