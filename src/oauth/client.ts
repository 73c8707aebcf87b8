import type { Configuration } from 'openid-client';
import type { CredentialProfile } from '../model/credential-profile.ts';
import { Problem } from '../model/problem.ts';
import type { Store } from '../store/store.ts';
import type { Vault } from '../vault/vault.ts';
import { authorities } from './authorities/index.ts';
import type { Authority } from './authority.ts';
import { clientSecretName } from './token-set.ts';

/**
 * A profile's authority, and Letterbox as its client there, authenticated by the profile's secret.
 * `named` is the issuer that an authorization response gave (RFC 9207). Throws a Problem.
 */
export async function clientOf(
  profile: CredentialProfile,
  { store, vault }: { store: Store; vault: Vault },
  named: string | null = null,
): Promise<{ authority: Authority; configuration: Configuration }> {
  const authority = authorities[profile.provider];
  const sealed = await store.secrets.read(profile.id, clientSecretName);
  if (!sealed) throw secretMissing(profile);
  const secret = vault.open(profile.id, clientSecretName, sealed);
  return { authority, configuration: await authority.configuration(profile, secret, named) };
}

function secretMissing(profile: CredentialProfile): Problem {
  return new Problem({
    code: 'oauth.secret-missing',
    title: 'The credential profile has no client secret',
    detail: profile.name,
    remedy: 'Open the credential profile and press Replace secret.',
  });
}
