import { Problem } from '../model/problem.ts';
import type { AccessToken } from '../model/token.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { Store } from '../store/store.ts';
import type { Vault } from '../vault/vault.ts';
import { openSecret, passwordName } from './sealed.ts';

/** The password of a profile for servers that know no OAuth 2.0, handed out like a token. */
export interface ProfilePassword {
  /** Throws `password.missing`; `password.refused` for a while after a server refused it. */
  get(profile: CredentialProfile): Promise<AccessToken>;
  /** A server refused it. It is not shown again for a while: accounts are locked after too many tries. */
  refuse(password: string): void;
  forget(): void;
}

const restMs = 10 * 60_000;
/** A password says nothing of its end. */
const never = '9999-12-31T23:59:59.999Z';

export function createProfilePassword(
  profileId: string,
  { store, vault }: { store: Store; vault: Vault },
): ProfilePassword {
  let refused: { password: string; until: number } | null = null;
  return {
    async get(profile) {
      const token = await openSecret({ store, vault }, profileId, passwordName);
      if (token === null) throw missing(profile);
      if (refused?.password === token && Date.now() < refused.until)
        throw wasRefused(profile, new Date(refused.until));
      return { token, expiresAt: never, isPassword: true };
    },
    refuse(password) {
      refused = { password, until: Date.now() + restMs };
    },
    forget() {
      refused = null;
    },
  };
}

function missing({ name }: CredentialProfile): Problem {
  return new Problem({
    code: 'password.missing',
    kind: 'conflict',
    title: 'The credential profile has no password',
    detail: name,
    remedy: 'Open the credential profile and enter the password.',
  });
}

function wasRefused({ name }: CredentialProfile, until: Date): Problem {
  return new Problem({
    code: 'password.refused',
    kind: 'credentials',
    title: 'The server refused the password',
    detail: name,
    cause: 'The password or the user name is wrong, or the account may not sign in by this protocol.',
    remedy: 'Check the user name of the server, and enter the password again in the credential profile.',
    retry: until,
  });
}
