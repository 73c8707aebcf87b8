import type { Configuration } from 'openid-client';
import { Problem } from '../model/problem.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import { authorityOf } from './authorities/index.ts';
import type { Authority } from './authority.ts';
import type { ClientCredential, CredentialParts } from './client-auth/credential.ts';
import { clientAuthentications } from './client-auth/index.ts';
import { explainFailure } from './explain.ts';
import { refusalOf } from './refusal.ts';

/** A profile's authority, and Letterbox as its client there. */
export interface Client {
  authority: Authority;
  configuration: Configuration;
  /** Why the newest credential does not serve, where the former one is used in its place. */
  warning: Problem | null;
}

/**
 * Does `work`, which asks the authority for something, as the profile's client. It is done again with the former
 * credential when the newest one is refused: a new secret may be entered before the authority knows it, and an old
 * one be deleted there first. `named` is the issuer that an authorization response gave (RFC 9207). Throws what
 * `work` throws, or a Problem.
 */
export async function asClient<T>(
  profile: CredentialProfile,
  parts: CredentialParts,
  work: (client: Client) => Promise<T>,
  named: string | null = null,
): Promise<T> {
  const authority = authorityOf(profile);
  const { newest, former } = await clientAuthentications[profile.clientAuthentication](profile, parts);
  const workWith = async ({ authentication }: ClientCredential, warning: Problem | null) =>
    work({
      authority,
      configuration: await authority.configuration(profile, authentication, named),
      warning,
    });
  try {
    return await workWith(newest, null);
  } catch (error) {
    if (!former || !(await isClientRefused(error))) throw error;
    try {
      const { problem } = await explainFailure(error, authority, profile);
      return await workWith(former, formerInUse(profile, problem));
    } catch (laterError) {
      if (!(await isClientRefused(laterError))) throw laterError;
      await former.forget();
      throw error;
    }
  }
}

/** RFC 6749 5.2. The request itself was not looked at, and may be made again. */
async function isClientRefused(error: unknown): Promise<boolean> {
  return (await refusalOf(error))?.error === 'invalid_client';
}

function formerInUse({ name, clientAuthentication }: CredentialProfile, reason: Problem): Problem {
  const certificate = clientAuthentication === 'certificate';
  return new Problem({
    code: 'oauth.former-credential',
    kind: 'credentials',
    title: `The new client ${certificate ? 'certificate' : 'secret'} is refused; the former one still works`,
    detail: `${name}: ${reason.title}${reason.detail ? ` (${reason.detail})` : ''}`,
    ...(reason.cause !== undefined && { cause: reason.cause }),
    remedy: certificate
      ? 'Upload the new public certificate for the app before the former one expires.'
      : 'Enter the new secret’s value again with Replace secret before the former one expires.',
  });
}
