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
