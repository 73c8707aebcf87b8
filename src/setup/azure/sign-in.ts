import {
  type Configuration,
  type DeviceAuthorizationResponse,
  genericGrantRequest,
  initiateDeviceAuthorization,
  None,
} from 'openid-client';
import { configuration } from '../../oauth/authorities/microsoft/configuration.ts';
import { codeOf } from '../../oauth/authorities/microsoft/errors.ts';
import { microsoft } from '../../oauth/authorities/microsoft/index.ts';
import { explainFailure } from '../../oauth/explain.ts';
import { deviceCodeGrant, pollUntilAnswered } from '../../oauth/grants/device-code.ts';
import { refusalOf } from '../../oauth/refusal.ts';
import { orByScript } from './problems.ts';
import { endpointsOf } from './registration.ts';
import type { AzureSetup } from './setup.ts';
import { needsDirectory } from './undo.ts';

/** An administrator who has signed in. Kept in memory only. */
export interface SignedIn {
  token: string;
  /** By the token; after an hour at most. */
  expiresAt: Date;
  /** By the identity token. */
  account: string;
  tenant: string;
}

/** A code that was asked for, and what becomes of it. */
export interface SigningIn {
  given: Pick<DeviceAuthorizationResponse, 'user_code' | 'verification_uri' | 'expires_in'>;
  /** Resolves when the person has signed in. Throws the Problem when not, and the signal's reason. */
  answered(signal: AbortSignal): Promise<SignedIn>;
}

const longestMs = 60 * 60_000;

/**
 * The least that is needed: to register an app, and to consent to what it gets. No refresh token: `offline_access` is not
 * asked for. Scopes without a resource are Microsoft Graph's, in every cloud.
 */
export function scopesFor({ grant }: Pick<AzureSetup, 'grant'>): string[] {
  const consent =
    grant === 'client_credentials'
      ? 'AppRoleAssignment.ReadWrite.All'
      : 'DelegatedPermissionGrant.ReadWrite.All';
  return ['Application.ReadWrite.All', consent, 'openid', 'profile'];
}

/**
 * An administrator signs in by a code that is entered elsewhere (RFC 8628), with a public client that is there already.
 * Throws the Problem where no code can be had.
 */
export async function beginSignIn(setup: AzureSetup): Promise<SigningIn> {
  const client = await clientOf(setup);
  const given = await told(() => initiateDeviceAuthorization(client, { scope: scopesFor(setup).join(' ') }));
  return {
    given,
    answered: (signal) =>
      told(() => pollUntilAnswered(given, () => redeem(client, given.device_code), signal)),
  };
}

/** Of the tenant that something was made in; else that which was named, or of whoever signs in with a work account. */
function clientOf(setup: AzureSetup): Promise<Configuration> {
  const begun = needsDirectory(setup) ? setup.organisation?.id : null;
  const tenant = begun ?? setup.tenant ?? 'organizations';
  const { login } = endpointsOf(setup);
  const endpoint = (which: string) => `${login}/${tenant}/oauth2/v2.0/${which}`;
  const urls = {
    authorizationUrl: endpoint('authorize'),
    tokenUrl: endpoint('token'),
    deviceAuthorizationUrl: endpoint('devicecode'),
  };
  const client = { cloud: setup.cloud, tenant: null, clientId: setup.signInClientId, ...urls };
  return configuration(client, None(), null);
}

async function redeem(client: Configuration, deviceCode: string): Promise<SignedIn> {
  const answer = await genericGrantRequest(client, deviceCodeGrant, { device_code: deviceCode });
  const claims: Record<string, unknown> = answer.claims() ?? {};
  const lasts = Math.min((answer.expires_in ?? 3600) * 1000, longestMs);
  return {
    token: answer.access_token,
    expiresAt: new Date(Date.now() + lasts),
    account: String(claims.preferred_username ?? claims.sub ?? ''),
    tenant: String(claims.tid ?? ''),
  };
}

/** What the authority says against it, with the other way where this one is not open to anybody. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { problem } = await explainFailure(error, microsoft, { issuer: null, tenant: null });
    const refusal = await refusalOf(error);
    const said = refusal ? codeOf(refusal) : undefined;
    if (said !== undefined && consent.includes(said)) throw orByScript(problem.with(consentMissing));
    throw blocked.test(String(said)) ? orByScript(problem) : problem;
  }
}

/** Nobody who may has consented to what the sign-in asks for. */
const consent = [65001, 65004, 90094, 90095];
const consentMissing = {
  cause: 'Nobody who may has consented to let the app that is signed in with manage app registrations.',
  remedy:
    'Sign in as somebody who may consent to it (Privileged Role Administrator), or enter the client ID of a public client of your own',
};
/** Policies on who may sign in where, or by device codes at all; and an app that is switched off or not assigned. */
const blocked = /^(50105|50131|50005|50097|50199|700016|7000112|7000218|53\d{3,4})$/;
