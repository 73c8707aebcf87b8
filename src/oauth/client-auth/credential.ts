import type { ClientAuth } from 'openid-client';
import type { Config } from '../../config/config.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';

import type { Store } from '../../store/store.ts';
import type { Vault } from '../../vault/vault.ts';

/** By what Letterbox shows an authority who it is. */
export interface ClientCredential {
  authentication: ClientAuth;
}

/** The one to be used, and where there is one, that which it replaced. */
export interface ClientCredentials {
  newest: ClientCredential;
  former: (ClientCredential & { forget(): Promise<void> }) | null;
}

/** What credentials are read from. */
export interface CredentialParts {
  store: Store;
  vault: Vault;
  federation: Config['federation'];
}

/** A way of client authentication (RFC 6749 2.3). Adapters: one file each in this folder, registered in its index. Throws a Problem. */
export type ReadClientCredentials = (
  profile: CredentialProfile,
  parts: CredentialParts,
) => Promise<ClientCredentials>;
