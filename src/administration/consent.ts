import { createHash } from 'node:crypto';
import type { ConsentedAccount, CredentialProfile } from '../model/credential-profile.ts';
import { Problem } from '../model/problem.ts';
import { authorities } from '../oauth/authorities/index.ts';
import { clientOf, tokenUrlOf } from '../oauth/client.ts';
import { explainFailure } from '../oauth/explain.ts';
import {
  type AuthorizationRequest,
  beginAuthorization,
  redeemCode,
} from '../oauth/grants/authorization-code.ts';
import { tokensName } from '../oauth/token-set.ts';
import type { TokenSources } from '../oauth/token-source.ts';
import type { ConsentOutcome, PendingConsent, Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Vault } from '../vault/vault.ts';
import type { Administration } from './administration.ts';

const lifetime = 15 * 60_000;
const requestName = 'authorization-request';

export function createConsentAdministration({
  store,
  vault,
  events,
  tokens,
  publicUrl,
}: {
  store: Store;
  vault: Vault;
  events: EventBus;
  tokens: TokenSources;
  publicUrl: string;
}): Administration['consent'] {
  const redirectUri = `${publicUrl}/oauth/callback`;
  /** Codes being redeemed now, by the hash of their state: a double click waits for the first (P12). */
  const underWay = new Map<string, Promise<ConsentOutcome>>();

  async function begin(profileId: string, browserSession: string): Promise<URL> {
    const profile = await findProfile(profileId);
    if (profile.grant !== 'authorization_code') throw noConsentToGive(profile);
    const { url, request } = await explained(profile, async () => {
      const { authority, configuration } = await clientOf(profile, { store, vault });
      return beginAuthorization(profile, authority, configuration, redirectUri);
    });
    const stateHash = hash(request.state);
    const now = Date.now();
    await store.consents.add({
      stateHash,
      profileId,
      sessionHash: hash(browserSession),
      sealed: vault.seal(stateHash, requestName, JSON.stringify(request)),
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + lifetime).toISOString(),
    });
    return url;
  }

  async function complete(callback: URL, browserSession: string): Promise<CredentialProfile> {
    const stateHash = hash(callback.searchParams.get('state') ?? '');
    const sessionHash = hash(browserSession);
    const taken = await store.consents.take(stateHash, sessionHash);
    if (!taken || taken.consent.sessionHash !== sessionHash) throw notOurs();
    const outcome = taken.mine
      ? await redeem(taken.consent, callback)
      : (taken.outcome ?? (await underWay.get(stateHash)));
    if (!outcome) throw interrupted();
    if (outcome.kind === 'refused') throw Problem.fromJSON(outcome.problem);
    return findProfile(taken.consent.profileId);
  }

  function redeem(consent: PendingConsent, callback: URL): Promise<ConsentOutcome> {
    const outcome = connect(consent, callback)
      .then((): ConsentOutcome => ({ kind: 'connected' }))
      .catch((error): ConsentOutcome => ({ kind: 'refused', problem: Problem.from(error).toJSON() }))
      .then(async (ended) => {
        await store.consents.finish(consent.stateHash, ended);
        return ended;
      })
      .finally(() => underWay.delete(consent.stateHash));
    underWay.set(consent.stateHash, outcome);
    return outcome;
  }

  async function connect(consent: PendingConsent, callback: URL): Promise<void> {
    if (consent.expiresAt < new Date().toISOString()) throw expired();
    const profile = await findProfile(consent.profileId);
    const request: AuthorizationRequest = JSON.parse(
      vault.open(consent.stateHash, requestName, consent.sealed),
    );
    const redeemed = await explained(profile, async () => {
      const { authority, configuration } = await clientOf(profile, { store, vault });
      // As registered and as sent before, whatever address the browser came by.
      const seen = new URL(`${redirectUri}${callback.search}`);
      return redeemCode(profile, authority, configuration, seen, request);
    });
    assertExpectedAccount(profile, redeemed.account);
    await store.profiles.setGrant(
      profile.id,
      { state: 'connected', account: redeemed.account, problem: null, connectedAt: new Date().toISOString() },
      { [tokensName]: vault.seal(profile.id, tokensName, JSON.stringify(redeemed.tokens)) },
    );
    tokens.forget(profile.id);
    events.emit('profile.state', {
      profileId: profile.id,
      profile: profile.name,
      state: 'connected',
      problem: null,
    });
  }

  async function findProfile(id: string): Promise<CredentialProfile> {
    const profile = await store.profiles.get(id);
    if (profile) return profile;
    throw new Problem({
      code: 'not-found',
      title: 'There is no such credential profile',
      detail: id,
      remedy: 'It may have been deleted; list the profiles to see what is there.',
    });
  }

  return { begin, complete, redirectUri };
}

async function explained<T>(profile: CredentialProfile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainFailure(error, authorities[profile.provider], tokenUrlOf(profile)).problem;
  }
}

/** The browser may be signed in as somebody else: whose consent it is, is compared before anything is kept (P8, P9). */
function assertExpectedAccount(profile: CredentialProfile, account: ConsentedAccount | null): void {
  if (!profile.signInName || !account) return;
  if (account.username.toLowerCase() === profile.signInName.toLowerCase()) return;
  throw new Problem({
    code: 'oauth.other-account',
    title: 'Another account has consented than the profile names',
    detail: `expected ${profile.signInName}, but ${account.username} signed in`,
    cause: 'The browser was signed in as somebody else, or the sign-in name of the profile is wrong.',
    remedy: `Press Connect again and choose ${profile.signInName}; or change the profile's sign-in name if ${account.username} is right.`,
  });
}

function notOurs(): Problem {
  return new Problem({
    code: 'consent.unknown',
    title: 'This browser did not ask for this consent',
    cause: 'The link is from another browser or session, from long ago, or was changed on its way.',
    remedy: 'Open the credential profile and press Connect again, in this browser.',
  });
}

function expired(): Problem {
  return new Problem({
    code: 'consent.expired',
    title: 'The sign-in took too long',
    cause: 'A consent must be completed within 15 minutes.',
    remedy: 'Open the credential profile and press Connect again.',
  });
}

function interrupted(): Problem {
  return new Problem({
    code: 'consent.interrupted',
    title: 'The consent was interrupted',
    cause: 'Letterbox was stopped while the code was being redeemed; a code works once only.',
    remedy: 'Open the credential profile and press Connect again.',
  });
}

function noConsentToGive(profile: CredentialProfile): Problem {
  return new Problem({
    code: 'consent.not-needed',
    title: 'This profile needs no consent in a browser',
    detail: `${profile.name} uses client credentials`,
    remedy: 'Press Get a token now instead.',
  });
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
