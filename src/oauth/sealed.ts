import type { Store } from '../store/store.ts';
import type { Vault } from '../vault/vault.ts';

/** Names under which the secrets of a profile are sealed, each for its own purpose. */
export const tokensName = 'tokens';
export const clientSecretName = 'client-secret';
/** What was replaced, kept until it is refused or expires, so that a rotation has no gap: {@link FormerSecret}. */
export const formerSecretName = 'client-secret-former';
/** {@link KeyPair} */
export const clientKeyName = 'client-key';
export const formerKeyName = 'client-key-former';
export const passwordName = 'password';

export interface FormerSecret {
  secret: string;
  /** `YYYY-MM-DD`; null when its creator was not told. */
  expiresOn: string | null;
}

/** A certificate and its private key (PKCS #8), both PEM. */
export interface KeyPair {
  certificate: string;
  key: string;
}

/** A secret of a profile in the clear; null when it has none of that name. Throws `vault.cannot-open`. */
export async function openSecret(
  { store, vault }: { store: Store; vault: Vault },
  profileId: string,
  name: string,
): Promise<string | null> {
  const sealed = await store.secrets.read(profileId, name);
  return sealed && vault.open(profileId, name, sealed);
}
