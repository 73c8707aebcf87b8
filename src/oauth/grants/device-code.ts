import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Configuration,
  type DeviceAuthorizationResponse,
  genericGrantRequest,
  initiateDeviceAuthorization,
} from 'openid-client';
import { Problem } from '../../model/problem.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import type { Authority } from '../authority.ts';
import { type Consented, firstToken, toConsented } from '../consented.ts';
import { isPassing, refusalOf } from '../refusal.ts';
import { consentScope, firstScope, resourcesOf } from '../scope.ts';

/** RFC 8628 3.4 */
export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code';
/** RFC 8628 3.5: what a client waits between polls that is told nothing, and what `slow_down` adds. */
const defaultIntervalSeconds = 5;
const slowDownSeconds = 5;
/** Polls that fail on the way are repeated less and less often, up to this. */
const longestIntervalSeconds = 60;

/**
 * RFC 8628 3.1: a code for the person to enter elsewhere. Asks for consent to everything; where the authority takes
 * one resource at a time only, to the first. Throws openid-client's errors, or `oauth.no-device-codes`.
 */
export async function beginDeviceAuthorization(
  profile: CredentialProfile,
  authority: Authority,
  configuration: Configuration,
): Promise<DeviceAuthorizationResponse> {
  if (!configuration.serverMetadata().device_authorization_endpoint) throw noDeviceCodes(profile);
  try {
    return await initiateDeviceAuthorization(configuration, { scope: consentScope(profile, authority) });
  } catch (error) {
    const single = resourcesOf(profile, authority).length === 1;
    if (single || (await refusalOf(error))?.error !== 'invalid_scope') throw error;
    const scope = firstScope(profile, authority, firstToken(profile, authority).resource);
    return initiateDeviceAuthorization(configuration, { scope });
  }
}

/** RFC 8628 3.4, one poll. Throws openid-client's errors, or `oauth.no-refresh-token`. */
export async function redeemDeviceCode(
  profile: CredentialProfile,
  authority: Authority,
  configuration: Configuration,
  deviceCode: string,
): Promise<Consented> {
  const { resource, parameters } = firstToken(profile, authority);
  const answer = await genericGrantRequest(configuration, deviceCodeGrant, {
    device_code: deviceCode,
    ...parameters,
  });
  return toConsented(authority, resource, answer);
}

/**
 * Polls (RFC 8628 3.5) until the person has answered or the code has expired; `poll` is one try. Trouble on the way
 * to the authority ends nothing. Throws what the authority refused with, `oauth.code-expired`, or the signal's reason.
 */
export async function pollUntilAnswered<T>(
  { interval = defaultIntervalSeconds, expires_in }: DeviceAuthorizationResponse,
  poll: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const end = Date.now() + expires_in * 1000;
  let seconds = interval;
  for (;;) {
    await sleep(Math.min(seconds * 1000, Math.max(0, end - Date.now())), undefined, { signal });
    if (Date.now() >= end) throw expired();
    try {
      return await poll();
    } catch (error) {
      const refusal = await refusalOf(error);
      if (refusal?.error === 'slow_down') seconds += slowDownSeconds;
      else if (refusal?.error !== 'authorization_pending') {
        if (!(refusal ? isPassing(refusal) : isOfTheWay(error))) throw error;
        seconds = Math.min(seconds * 2, longestIntervalSeconds);
      }
    }
  }
}

/** The authority was not reached. */
function isOfTheWay(error: unknown): boolean {
  const told = error instanceof Problem ? error : (error as { cause?: unknown }).cause;
  return told instanceof Problem && told.retry !== 'no';
}

function expired(): Problem {
  return new Problem({
    code: 'oauth.code-expired',
    kind: 'consent',
    title: 'The code has expired',
    cause: 'Nobody entered it in time.',
    remedy: 'Get a new code and enter it at once.',
  });
}

function noDeviceCodes({ name }: CredentialProfile): Problem {
  return new Problem({
    code: 'oauth.no-device-codes',
    kind: 'refused',
    title: 'The authority gives no device codes',
    detail: name,
    cause: 'It names no device authorization endpoint (RFC 8628 3.1).',
    remedy: 'Enter the device authorization URL in the profile, or let the person sign in in this browser.',
  });
}
