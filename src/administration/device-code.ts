import type { DeviceAuthorizationResponse } from 'openid-client';
import { Problem } from '../model/problem.ts';
import { asClient } from '../oauth/client.ts';
import {
  beginDeviceAuthorization,
  pollUntilAnswered,
  redeemDeviceCode,
} from '../oauth/grants/device-code.ts';
import { isUnbound } from '../oauth/profile-binding.ts';
import type { Collection } from '../resources/collection.ts';
import type { CredentialProfile } from '../resources/credential-profile/resource.ts';
import type { ConsentOutcome, Store } from '../store/store.ts';
import type { Vault } from '../vault/vault.ts';
import type { Administration, DeviceSignIn } from './administration.ts';
import { explained, otherWay, profileChanged } from './consent-problems.ts';
import type { KeepConsent } from './keep-consent.ts';

interface Pending {
  shown: DeviceSignIn;
  stop: AbortController;
  ended: Promise<void>;
}

/**
 * Sign-in by a code that the person enters elsewhere. What is under way is kept in this process: any administrator
 * may look at it, and a restart ends it, as it does nobody harm to get another code.
 */
export function createDeviceCodeAdministration({
  profiles,
  store,
  vault,
  keep,
}: {
  profiles: Collection<CredentialProfile>;
  store: Store;
  vault: Vault;
  keep: KeepConsent;
}): Administration['deviceCode'] & { stop(): Promise<void> } {
  const pending = new Map<string, Pending>();

  async function begin(profileId: string): Promise<DeviceSignIn> {
    const profile = await profiles.get(profileId);
    if (profile.authentication !== 'oauth2' || profile.grant !== 'device_code') throw otherWay(profile);
    const given = await explained(profile, () =>
      asClient(profile, { store, vault }, ({ authority, configuration }) =>
        beginDeviceAuthorization(profile, authority, configuration),
      ),
    );
    await cancel(profileId);
    const now = Date.now();
    const shown: DeviceSignIn = {
      userCode: given.user_code,
      verificationUri: given.verification_uri,
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + given.expires_in * 1000).toISOString(),
      outcome: null,
    };
    const stop = new AbortController();
    const ended = settle(profile, given, stop.signal).then((outcome) => {
      shown.outcome = outcome;
    });
    pending.set(profileId, { shown, stop, ended });
    return { ...shown };
  }

  async function settle(
    profile: CredentialProfile,
    given: DeviceAuthorizationResponse,
    signal: AbortSignal,
  ): Promise<ConsentOutcome> {
    try {
      const { consented, warning } = await explained(profile, () =>
        pollUntilAnswered(given, () => redeem(profile, given.device_code), signal),
      );
      const present = await profiles.get(profile.id);
      signal.throwIfAborted();
      if (isUnbound(profile, present)) throw profileChanged(present);
      await keep(present, consented, warning);
      return { kind: 'connected' };
    } catch (error) {
      return { kind: 'refused', problem: Problem.from(error).toJSON() };
    }
  }

  function redeem(profile: CredentialProfile, deviceCode: string) {
    return asClient(profile, { store, vault }, async ({ authority, configuration, warning }) => ({
      consented: await redeemDeviceCode(profile, authority, configuration, deviceCode),
      warning,
    }));
  }

  async function cancel(profileId: string): Promise<void> {
    const former = pending.get(profileId);
    pending.delete(profileId);
    former?.stop.abort();
    await former?.ended;
  }

  return {
    begin,
    cancel,
    async state(profileId) {
      await profiles.get(profileId);
      const known = pending.get(profileId);
      return known ? { ...known.shown } : null;
    },
    async stop() {
      await Promise.all([...pending.keys()].map(cancel));
    },
  };
}
