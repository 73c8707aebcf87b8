import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { Change, Json, Others, Sealing } from '../resources/resource.ts';
import { describeCertificate, readKeyPair } from './client-auth/key-pair.ts';
import { makeSelfSigned } from './client-auth/self-signed.ts';
import { firstGrant, grantAfter, isAnotherApp, isUnbound } from './profile-binding.ts';
import {
  clientKeyName,
  clientSecretName,
  type FormerSecret,
  formerKeyName,
  formerSecretName,
  type KeyPair,
  passwordName,
  tokensName,
} from './sealed.ts';

/**
 * What a change of a profile does to its secrets and its grant. What a new client secret or certificate replaces stays
 * good until it is refused or expires; that of another app goes. A grant of another app, scope or person goes too.
 */
export async function sealProfile(profile: CredentialProfile & Json, change: Change): Promise<Sealing> {
  const before = change.before as CredentialProfile | null;
  const given = (field: string) => change.secrets[field]?.given;
  const pair = await pairFor(before, profile, given('clientKeyPair'));
  const unbound = before !== null && isUnbound(before, profile);
  const ofAnotherApp = before !== null && isAnotherApp(before, profile);
  const renewed = given('clientSecret') !== undefined || pair !== null;
  const secrets = {
    ...(await replaced(before, profile, change.others, { clientSecret: given('clientSecret'), pair })),
    ...(given('password') !== undefined && { [passwordName]: given('password') ?? null }),
    ...(unbound && { [tokensName]: null }),
  };
  return {
    secrets,
    record: {
      ...(before ? grantAfter(before, profile, { unbound, renewed }) : firstGrant(profile)),
      ...certificateOf(pair),
      ...(ofAnotherApp && { adminConsent: null, ...(pair === null && { clientCertificate: null }) }),
      // A password that is entered again goes to the servers that use it, and where it is wanted first
      ...(given('password') !== undefined && { hosts: [] }),
    },
  };
}

/** A new key and certificate in place of the present one, which stays good until the authority knows the new one. */
export async function renewedCertificate(profile: CredentialProfile, others: Others): Promise<Sealing> {
  const pair = await makeSelfSigned(`Letterbox ${profile.name}`);
  return {
    secrets: await replaced(profile, profile, others, { clientSecret: undefined, pair }),
    record: { ...grantAfter(profile, profile, { unbound: false, renewed: true }), ...certificateOf(pair) },
  };
}

async function replaced(
  before: CredentialProfile | null,
  after: CredentialProfile,
  others: Others,
  { clientSecret, pair }: { clientSecret: string | undefined; pair: KeyPair | null },
): Promise<Record<string, string | null>> {
  const anotherApp = before !== null && isAnotherApp(before, after);
  const present = async (name: string) =>
    before === null || anotherApp ? null : others.secret(after.id, name);
  // What is replaced never served: the one before it still does, and stays.
  const keepsFormer = !isFormerInUse(before);
  const secrets: Record<string, string | null> = anotherApp
    ? { [formerSecretName]: null, [formerKeyName]: null }
    : {};
  if (clientSecret !== undefined) {
    const secret = await present(clientSecretName);
    secrets[clientSecretName] = clientSecret;
    if (secret !== null && secret !== clientSecret && keepsFormer) {
      const former: FormerSecret = { secret, expiresOn: before?.clientSecretExpiresOn ?? null };
      secrets[formerSecretName] = JSON.stringify(former);
    }
  }
  if (pair) {
    const key = await present(clientKeyName);
    secrets[clientKeyName] = JSON.stringify(pair);
    if (key !== null && keepsFormer) secrets[formerKeyName] = key;
  }
  return secrets;
}

/** The certificate that was given; where one is needed and there is none for this app, a new one; else null. */
async function pairFor(
  before: CredentialProfile | null,
  profile: CredentialProfile,
  given: string | undefined,
): Promise<KeyPair | null> {
  if (given !== undefined) return readKeyPair(given);
  const needed = profile.authentication === 'oauth2' && profile.clientAuthentication === 'certificate';
  const isOurs = before !== null && profile.clientCertificate !== null && !isAnotherApp(before, profile);
  return needed && !isOurs ? makeSelfSigned(`Letterbox ${profile.name}`) : null;
}

function certificateOf(pair: KeyPair | null): Json {
  return pair ? { clientCertificate: describeCertificate(pair.certificate) } : {};
}

function isFormerInUse(profile: CredentialProfile | null): boolean {
  return profile?.state === 'connected' && profile.problem?.kind === 'credentials';
}
