import type { DeviceAuthorizationResponse } from 'openid-client';
import { Problem } from '../model/problem.ts';
import { asClient } from '../oauth/client.ts';
import type { CredentialParts } from '../oauth/client-auth/credential.ts';
import {
  beginDeviceAuthorization,
  pollUntilAnswered,
  redeemDeviceCode,
} from '../oauth/grants/device-code.ts';
import { isUnbound } from '../oauth/profile-binding.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { ConsentOutcome } from '../store/store.ts';
import type { DeviceSignIn } from './administration.ts';
import { explained, otherWay, profileChanged } from './consent-problems.ts';
import { type ConsentParts, storeConsent } from './store-consent.ts';

interface Pending {
  shown: DeviceSignIn;
  stop: AbortController;
  ended: Promise<void>;
}

interface Parts extends ConsentParts, CredentialParts {}

/**
 * A person's consent by a code that is entered elsewhere (RFC 8628). What is under way is kept in this process: any
 * administrator may look at it, and a restart ends it, as it does nobody harm to get another code.
 */
export class DeviceCodeConsent {
  readonly #parts: Parts;
  readonly #pending = new Map<string, Pending>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** See `Administration['deviceCode']`, as of the others below. */
  async begin(profileId: string): Promise<DeviceSignIn> {
    const profile = await this.#parts.profiles.get(profileId);
    if (profile.authentication !== 'oauth2' || profile.grant !== 'device_code') throw otherWay(profile);
    const given = await explained(profile, () =>
      asClient(profile, this.#parts, ({ authority, configuration }) =>
        beginDeviceAuthorization(profile, authority, configuration),
      ),
    );
    await this.cancel(profileId);
    const now = Date.now();
    const shown: DeviceSignIn = {
      userCode: given.user_code,
      verificationUri: given.verification_uri,
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + given.expires_in * 1000).toISOString(),
      outcome: null,
    };
    const stop = new AbortController();
    const ended = this.#poll(profile, given, stop.signal).then((outcome) => {
      shown.outcome = outcome;
    });
    this.#pending.set(profileId, { shown, stop, ended });
    return { ...shown };
  }

  async state(profileId: string): Promise<DeviceSignIn | null> {
    await this.#parts.profiles.get(profileId);
    const known = this.#pending.get(profileId);
    return known ? { ...known.shown } : null;
  }

  async cancel(profileId: string): Promise<void> {
    const former = this.#pending.get(profileId);
    this.#pending.delete(profileId);
    former?.stop.abort();
    await former?.ended;
  }

  /** Gives up all that is under way. */
  async stop(): Promise<void> {
    await Promise.all([...this.#pending.keys()].map((profileId) => this.cancel(profileId)));
  }

  /** Until the person has answered or the code has expired; never throws. */
  async #poll(
    profile: CredentialProfile,
    given: DeviceAuthorizationResponse,
    signal: AbortSignal,
  ): Promise<ConsentOutcome> {
    try {
      const answer = await explained(profile, () =>
        pollUntilAnswered(given, () => this.#redeem(profile, given.device_code), signal),
      );
      const present = await this.#parts.profiles.get(profile.id);
      signal.throwIfAborted();
      if (isUnbound(profile, present)) throw profileChanged(present, 'Get a new code and enter it.');
      await storeConsent(present, answer, this.#parts);
      return { kind: 'connected' };
    } catch (error) {
      return { kind: 'refused', problem: Problem.from(error).toJSON() };
    }
  }

  #redeem(profile: CredentialProfile, deviceCode: string) {
    return asClient(profile, this.#parts, async ({ authority, configuration, warning }) => ({
      consented: await redeemDeviceCode(profile, authority, configuration, deviceCode),
      warning,
    }));
  }
}
