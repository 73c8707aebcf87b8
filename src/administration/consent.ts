import { Problem } from '../model/problem.ts';
import { asClient } from '../oauth/client.ts';
import {
  type AuthorizationRequest,
  beginAuthorization,
  redeemCode,
} from '../oauth/grants/authorization-code.ts';
import type { Collection } from '../resources/collection.ts';
import type { CredentialProfile } from '../resources/credential-profile/resource.ts';
import type { ConsentOutcome, PendingConsent, Store } from '../store/store.ts';
import type { Vault } from '../vault/vault.ts';
import type { Administration } from './administration.ts';
import {
  consentExpired,
  consentInterrupted,
  consentNotOurs,
  explained,
  otherWay,
  unknownConsent,
} from './consent-problems.ts';
import { sha256 } from './digest.ts';
import type { KeepConsent } from './keep-consent.ts';

const lifetime = 15 * 60_000;
const requestName = 'authorization-request';

export function createConsentAdministration({
  profiles,
  store,
  vault,
  keep,
  publicUrl,
}: {
  profiles: Collection<CredentialProfile>;
  store: Store;
  vault: Vault;
  keep: KeepConsent;
  publicUrl: string;
}): Administration['consent'] {
  const redirectUri = `${publicUrl}/oauth/callback`;
  /** Callbacks being answered now, by state and session: a double click waits for the first (P12). */
  const underWay = new Map<string, Promise<CredentialProfile>>();

  async function begin(profileId: string, browserSession: string): Promise<URL> {
    const profile = await profiles.get(profileId);
    if (profile.authentication !== 'oauth2' || profile.grant !== 'authorization_code')
      throw otherWay(profile);
    const { url, request } = await explained(profile, () =>
      asClient(profile, { store, vault }, ({ authority, configuration }) =>
        beginAuthorization(profile, authority, configuration, redirectUri),
      ),
    );
    const stateHash = sha256(request.state);
    const now = Date.now();
    await store.consents.add({
      stateHash,
      profileId,
      sessionHash: sha256(browserSession),
      sealed: vault.seal(stateHash, requestName, JSON.stringify(request)),
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + lifetime).toISOString(),
    });
    return url;
  }

  function complete(callback: URL, browserSession: string): Promise<CredentialProfile> {
    const stateHash = sha256(callback.searchParams.get('state') ?? '');
    const sessionHash = sha256(browserSession);
    const key = `${stateHash} ${sessionHash}`;
    const answer =
      underWay.get(key) ?? settle(stateHash, sessionHash, callback).finally(() => underWay.delete(key));
    underWay.set(key, answer);
    return answer;
  }

  async function settle(stateHash: string, sessionHash: string, callback: URL): Promise<CredentialProfile> {
    const taken = await store.consents.take(stateHash, sessionHash);
    if (!taken) throw unknownConsent();
    const { consent, mine } = taken;
    if (consent.sessionHash !== sessionHash) throw consentNotOurs();
    const outcome = mine ? await redeem(consent, callback) : taken.outcome;
    if (!outcome) throw consentInterrupted();
    if (outcome.kind === 'refused') throw Problem.fromJSON(outcome.problem);
    return profiles.get(consent.profileId);
  }

  async function redeem(consent: PendingConsent, callback: URL): Promise<ConsentOutcome> {
    const outcome = await connect(consent, callback).then(
      (): ConsentOutcome => ({ kind: 'connected' }),
      (error): ConsentOutcome => ({ kind: 'refused', problem: Problem.from(error).toJSON() }),
    );
    await store.consents.finish(consent.stateHash, outcome);
    return outcome;
  }

  async function connect(consent: PendingConsent, callback: URL): Promise<void> {
    if (consent.expiresAt < new Date().toISOString()) throw consentExpired();
    const profile = await profiles.get(consent.profileId);
    const request: AuthorizationRequest = JSON.parse(
      vault.open(consent.stateHash, requestName, consent.sealed),
    );
    // As registered and as sent before, whatever address the browser came by.
    const seen = new URL(`${redirectUri}${callback.search}`);
    const { consented, warning } = await explained(profile, () =>
      asClient(
        profile,
        { store, vault },
        async ({ authority, configuration, warning }) => ({
          consented: await redeemCode(profile, authority, configuration, seen, request),
          warning,
        }),
        callback.searchParams.get('iss'),
      ),
    );
    await keep(profile, consented, warning);
  }

  return { begin, complete, latest: store.consents.latest, redirectUri };
}
