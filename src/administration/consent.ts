import { Problem } from '../model/problem.ts';
import { asClient } from '../oauth/client.ts';
import type { CredentialParts } from '../oauth/client-auth/credential.ts';
import {
  type AuthorizationRequest,
  beginAuthorization,
  redeemCode,
} from '../oauth/grants/authorization-code.ts';
import { isRegistered } from '../oauth/grants/registration-check.ts';
import { bindingOf } from '../oauth/profile-binding.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { ConsentOutcome, PendingConsent } from '../store/store.ts';
import { sha256 } from '../vault/digest.ts';
import {
  consentExpired,
  consentInterrupted,
  consentNotOurs,
  explained,
  otherWay,
  profileChanged,
  unknownConsent,
} from './consent-problems.ts';
import { type ConsentParts, storeConsent } from './store-consent.ts';

const lifetime = 15 * 60_000;
const requestName = 'authorization-request';

interface Parts extends ConsentParts, CredentialParts {
  publicUrl: string;
}

/** A person's consent by the authorization code grant (RFC 6749 4.1). */
export class AuthorizationCodeConsent {
  readonly redirectUri: string;
  readonly #parts: Parts;
  /** Callbacks being answered now, by state and session: a double click waits for the first. */
  readonly #underWay = new Map<string, Promise<CredentialProfile>>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.redirectUri = `${parts.publicUrl}/oauth/callback`;
  }

  /** See `Administration['consent']`, as of the others below. */
  async check(profileId: string): Promise<boolean> {
    const profile = await this.#ofPerson(profileId);
    return explained(profile, () =>
      asClient(profile, this.#parts, async ({ authority, configuration }) => {
        const { url } = await beginAuthorization(profile, authority, configuration, this.redirectUri);
        return isRegistered(url, authority);
      }),
    );
  }

  async begin(profileId: string, browserSession: string): Promise<URL> {
    const { store, vault } = this.#parts;
    const profile = await this.#ofPerson(profileId);
    const { url, request } = await explained(profile, () =>
      asClient(profile, this.#parts, ({ authority, configuration }) =>
        beginAuthorization(profile, authority, configuration, this.redirectUri),
      ),
    );
    const stateHash = sha256(request.state);
    const now = Date.now();
    await store.consents.add({
      stateHash,
      profileId,
      sessionHash: sha256(browserSession),
      sealed: vault.seal(stateHash, requestName, JSON.stringify({ ...request, bound: bindingOf(profile) })),
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + lifetime).toISOString(),
    });
    return url;
  }

  complete(callback: URL, browserSession: string): Promise<CredentialProfile> {
    const stateHash = sha256(callback.searchParams.get('state') ?? '');
    const sessionHash = sha256(browserSession);
    const key = `${stateHash} ${sessionHash}`;
    const answer =
      this.#underWay.get(key) ??
      this.#answer(stateHash, sessionHash, callback).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, answer);
    return answer;
  }

  latest(profileId: string) {
    return this.#parts.store.consents.latest(profileId);
  }

  async #ofPerson(profileId: string): Promise<CredentialProfile> {
    const profile = await this.#parts.profiles.get(profileId);
    if (profile.authentication === 'oauth2' && profile.grant === 'authorization_code') return profile;
    throw otherWay(profile);
  }

  async #answer(stateHash: string, sessionHash: string, callback: URL): Promise<CredentialProfile> {
    const { profiles, store } = this.#parts;
    const taken = await store.consents.take(stateHash, sessionHash);
    if (!taken) throw unknownConsent();
    const { consent, mine } = taken;
    if (consent.sessionHash !== sessionHash) throw consentNotOurs();
    const outcome = mine ? await this.#redeem(consent, callback) : taken.outcome;
    if (!outcome) throw consentInterrupted();
    if (outcome.kind === 'refused') throw Problem.fromJSON(outcome.problem);
    return profiles.get(consent.profileId);
  }

  async #redeem(consent: PendingConsent, callback: URL): Promise<ConsentOutcome> {
    const outcome = await this.#connect(consent, callback).then(
      (): ConsentOutcome => ({ kind: 'connected' }),
      (error): ConsentOutcome => ({ kind: 'refused', problem: Problem.from(error).toJSON() }),
    );
    await this.#parts.store.consents.finish(consent.stateHash, outcome);
    return outcome;
  }

  async #connect(consent: PendingConsent, callback: URL): Promise<void> {
    const { profiles, vault } = this.#parts;
    if (consent.expiresAt < new Date().toISOString()) throw consentExpired();
    const profile = await profiles.get(consent.profileId);
    const request: AuthorizationRequest & { bound?: string } = JSON.parse(
      vault.open(consent.stateHash, requestName, consent.sealed),
    );
    // The code is for nobody but the authority that it was asked of
    if (request.bound !== bindingOf(profile)) throw profileChanged(profile, 'Press Connect again.');
    // As registered and as sent before, whatever address the browser came by.
    const seen = new URL(`${this.redirectUri}${callback.search}`);
    const given = await explained(profile, () =>
      asClient(
        profile,
        this.#parts,
        async ({ authority, configuration, warning }) => ({
          consented: await redeemCode(profile, authority, configuration, seen, request),
          warning,
        }),
        callback.searchParams.get('iss'),
      ),
    );
    await storeConsent(profile, given, this.#parts);
  }
}
