import type { Configuration } from 'openid-client';
import type { CredentialProfile } from '../model/credential-profile.ts';
import type { Store } from '../store/store.ts';
import type { Vault } from '../vault/vault.ts';
import { authorities } from './authorities/index.ts';
import type { Authority } from './authority.ts';
import { clientSecretName } from './token-set.ts';

/** A profile's authority, and Letterbox as its client there, authenticated by the profile's secret. */
export async function clientOf(
  profile: CredentialProfile,
  { store, vault }: { store: Store; vault: Vault },
): Promise<{ authority: Authority; configuration: Configuration }> {
  const authority = authorities[profile.provider];
  const sealed = await store.secrets.read(profile.id, clientSecretName);
  const secret = sealed ? vault.open(profile.id, clientSecretName, sealed) : '';
  return { authority, configuration: await authority.configuration(profile, secret) };
}

/** Names the authority in messages, whatever its endpoints. */
export function tokenUrlOf(profile: CredentialProfile): string {
  return profile.tokenUrl ?? profile.issuer ?? 'https://login.microsoftonline.com';
}
