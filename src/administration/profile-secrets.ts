import type { CredentialProfile } from '../model/credential-profile.ts';
import { makeSelfSigned } from '../oauth/client-auth/self-signed.ts';
import {
  clientKeyName,
  clientSecretName,
  type FormerSecret,
  formerKeyName,
  formerSecretName,
  type KeyPair,
  openSecret,
  passwordName,
} from '../oauth/sealed.ts';
import type { SealedValues, Store } from '../store/store.ts';
import type { Vault } from '../vault/vault.ts';
import { describeCertificate, readKeyPair } from './certificate-input.ts';
import { isAnotherApp } from './profile-binding.ts';
import { type ProfileSecrets, secretFields } from './profile-input.ts';

/** The secrets that an administrator gives with a profile; undefined or empty keeps the present one. */
export type GivenSecrets = Partial<Record<(typeof secretFields)[number], string | undefined>>;

const names = { clientSecret: clientSecretName, clientKeyPair: clientKeyName, password: passwordName };

export interface ProfileVault {
  /** What was given with an input, beside what there is already. */
  compare(profileId: string, given: GivenSecrets): Promise<ProfileSecrets>;
  /**
   * What is to be sealed with a profile: what was given, and what it replaces, which stays good until it is refused
   * or expires; that of another app goes. `before` is null for a new profile.
   */
  replace(
    before: CredentialProfile | null,
    after: CredentialProfile,
    given: { clientSecret?: string | undefined; pair: KeyPair | null; password?: string | undefined },
  ): Promise<SealedValues>;
  /** The certificate that was given; where one is needed and there is none, a new one; else null. */
  pairFor(profile: CredentialProfile, given: string | undefined): Promise<KeyPair | null>;
}

export function createProfileVault({ store, vault }: { store: Store; vault: Vault }): ProfileVault {
  const open = (id: string, name: string) => openSecret({ store, vault }, id, name);

  return {
    async compare(profileId, given) {
      const kept = async (field: keyof typeof names) =>
        (await store.secrets.read(profileId, names[field])) !== null;
      const entries = secretFields.map(async (field) => [
        field,
        { given: given[field] || undefined, kept: await kept(field) },
      ]);
      return Object.fromEntries(await Promise.all(entries));
    },

    async replace(before, after, { clientSecret, pair, password }) {
      const { id } = after;
      const seal = (name: string, text: string) => ({ [name]: vault.seal(id, name, text) });
      const anotherApp = before !== null && isAnotherApp(before, after);
      const sealed: SealedValues = anotherApp ? { [formerSecretName]: null, [formerKeyName]: null } : {};
      if (password) Object.assign(sealed, seal(passwordName, password));
      if (clientSecret) {
        const replaced = anotherApp ? null : await open(id, clientSecretName);
        Object.assign(sealed, seal(clientSecretName, clientSecret));
        if (replaced !== null && replaced !== clientSecret && !isFormerInUse(before)) {
          const former: FormerSecret = {
            secret: replaced,
            expiresOn: before?.clientSecretExpiresOn ?? null,
          };
          Object.assign(sealed, seal(formerSecretName, JSON.stringify(former)));
        }
      }
      if (pair) {
        const replaced = anotherApp ? null : await open(id, clientKeyName);
        Object.assign(sealed, seal(clientKeyName, JSON.stringify(pair)));
        if (replaced !== null && !isFormerInUse(before)) Object.assign(sealed, seal(formerKeyName, replaced));
      }
      return sealed;
    },

    async pairFor(profile, given) {
      if (given) return readKeyPair(given);
      const needed = profile.authentication === 'oauth2' && profile.clientAuthentication === 'certificate';
      return needed && profile.clientCertificate === null
        ? makeSelfSigned(`Letterbox ${profile.name}`)
        : null;
    },
  };
}

/** What is replaced never served: the one before it still does, and stays. */
function isFormerInUse(profile: CredentialProfile | null): boolean {
  return profile?.state === 'connected' && profile.problem?.kind === 'credentials';
}

/** A profile with the public part of its certificate, where it has a new one. */
export function withCertificate(profile: CredentialProfile, pair: KeyPair | null): CredentialProfile {
  return pair ? { ...profile, clientCertificate: describeCertificate(pair.certificate) } : profile;
}
