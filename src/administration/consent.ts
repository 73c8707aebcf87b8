import { createHash } from 'node:crypto';
import type { CredentialProfile } from '../model/credential-profile.ts';
import { Problem } from '../model/problem.ts';
import { authorities } from '../oauth/authorities/index.ts';
import { clientOf } from '../oauth/client.ts';
import { explainFailure } from '../oauth/explain.ts';
import {
  type AuthorizationRequest,
  beginAuthorization,
  redeemCode,
  type SignedIn,
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
  /** Callbacks being answered now, by state and session: a double click waits for the first (P12). */
  const underWay = new Map<string, Promise<CredentialProfile>>();

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

  function complete(callback: URL, browserSession: string): Promise<CredentialProfile> {
    const stateHash = hash(callback.searchParams.get('state') ?? '');
    const sessionHash = hash(browserSession);
    const key = `${stateHash} ${sessionHash}`;
    const answer =
      underWay.get(key) ?? settle(stateHash, sessionHash, callback).finally(() => underWay.delete(key));
    underWay.set(key, answer);
    return answer;
  }

  async function settle(stateHash: string, sessionHash: string, callback: URL): Promise<CredentialProfile> {
    const taken = await store.consents.take(stateHash, sessionHash);
    if (!taken) throw unknown();
    const { consent, mine } = taken;
    if (consent.sessionHash !== sessionHash) throw notOurs();
    const outcome = mine ? await redeem(consent, callback) : taken.outcome;
    if (!outcome) throw interrupted();
    if (outcome.kind === 'refused') throw Problem.fromJSON(outcome.problem);
    return findProfile(consent.profileId);
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
    if (consent.expiresAt < new Date().toISOString()) throw expired();
    const profile = await findProfile(consent.profileId);
    const request: AuthorizationRequest = JSON.parse(
      vault.open(consent.stateHash, requestName, consent.sealed),
    );
    const redeemed = await explained(profile, async () => {
      const { authority, configuration } = await clientOf(
        profile,
        { store, vault },
        callback.searchParams.get('iss'),
      );
      // As registered and as sent before, whatever address the browser came by.
      const seen = new URL(`${redirectUri}${callback.search}`);
      return redeemCode(profile, authority, configuration, seen, request);
    });
    assertExpected(profile, redeemed.signedIn);
    await tokens.change(profile.id, () =>
      store.profiles.setGrant(
        profile.id,
        {
          state: 'connected',
          account: redeemed.signedIn?.account ?? null,
          problem: null,
          connectedAt: new Date().toISOString(),
        },
        { [tokensName]: vault.seal(profile.id, tokensName, JSON.stringify(redeemed.tokens)) },
      ),
    );
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

  return { begin, complete, latest: store.consents.latest, redirectUri };
}

async function explained<T>(profile: CredentialProfile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw (await explainFailure(error, authorities[profile.provider], profile)).problem;
  }
}

/** The browser may be signed in as somebody else: whose consent it is, is compared before anything is kept (P8, P9). */
function assertExpected({ signInName }: CredentialProfile, signedIn: SignedIn | null): void {
  if (!signInName) return;
  if (!signedIn)
    throw new Problem({
      code: 'oauth.account-unknown',
      title: 'The authority did not say who signed in',
      detail: `expected ${signInName}`,
      cause: 'The scope openid was not asked for, so that nobody can tell whose mailbox this opens.',
      remedy:
        'Add openid to the scopes of the profile and give its issuer, or clear the sign-in name; then press Connect again.',
    });
  if (signedIn.names.some((name) => name.toLowerCase() === signInName.toLowerCase())) return;
  const { username } = signedIn.account;
  throw new Problem({
    code: 'oauth.other-account',
    title: 'Another account has consented than the profile names',
    detail: `expected ${signInName}, but ${signedIn.names.join(', ')} signed in`,
    cause: 'The browser was signed in as somebody else, or the sign-in name of the profile is wrong.',
    remedy: `Press Connect again and choose ${signInName}; or change the profile's sign-in name if ${username} is right.`,
  });
}

function unknown(): Problem {
  return new Problem({
    code: 'consent.unknown',
    title: 'Letterbox does not know this sign-in',
    cause: 'The link is from long ago, or was changed on its way.',
    remedy: 'Open the credential profile and press Connect again.',
  });
}

function notOurs(): Problem {
  return new Problem({
    code: 'consent.unknown',
    title: 'This browser did not ask for this consent',
    cause: 'Connect was pressed in another browser, or before you last signed in to Letterbox.',
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
