import { openSecret } from '../oauth/sealed.ts';
import { asKnown, tryApp } from '../setup/azure/app-token.ts';
import type { Letterbox } from '../setup/azure/letterbox.ts';
import type { AzureSetupParts } from './azure-setup.ts';

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
