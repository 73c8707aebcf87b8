import type { CredentialParts } from '../oauth/client-auth/credential.ts';
import { openSecret } from '../oauth/sealed.ts';
import type { Collection } from '../resources/collection.ts';
import type { Collections } from '../resources/collections.ts';
import { asKnown, tryApp } from '../setup/azure/app-token.ts';
import type { Letterbox } from '../setup/azure/letterbox.ts';
import type { Patience } from '../setup/azure/patience.ts';
import type { AzureSetup } from '../setup/azure/setup.ts';

export interface AzureSetupParts extends CredentialParts {
  setups: Collection<AzureSetup>;
  resources: Pick<Collections, 'profiles' | 'servers' | 'outgoingServers'>;
  /** Gets a first token for a profile, which is connected by it. */
  authorize(profileId: string): Promise<unknown>;
  publicUrl: string;
  patience?: Patience;
}

/** What a set-up needs of this installation. */
export function letterboxFor(id: string, parts: AzureSetupParts): Letterbox {
  const { setups, resources } = parts;
  const { profiles, servers, outgoingServers } = resources;
  return {
    profiles,
    servers,
    async otherUsers() {
      const { profileId, serverId } = await setups.get(id);
      const all = [...(await servers.list()), ...(await outgoingServers.list())];
      return all
        .filter((server) => server.profileId === profileId && server.id !== serverId)
        .map(({ name }) => name);
    },
    async note(record, secrets = {}) {
      await setups.note(id, () => ({ record: { ...record }, secrets }));
    },
    secret: (name) => openSecret(parts, id, name),
    async tryApp(profile) {
      await tryApp(profile, parts);
      if (profile.grant === 'client_credentials') await asKnown(() => parts.authorize(profile.id));
    },
  };
}
