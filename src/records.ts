import { type Kinds, resourcesOf, usesOf } from './adapters.ts';
import type { Config } from './config/config.ts';
import { type Collection, createCollection } from './resources/collection.ts';
import type { Collections } from './resources/collections.ts';
import type { CredentialProfile } from './resources/credential-profile/record.ts';
import type { DestinationConfig } from './resources/destination.ts';
import { type Guide, guides } from './resources/guide.ts';
import type { MailServer } from './resources/incoming-server/record.ts';
import type { NotificationSettings } from './resources/notification-settings.ts';
import type { OutgoingServer } from './resources/outgoing-server/record.ts';
import { type AzureSetup, azureSetups } from './setup/azure/setup.ts';
import type { Store } from './store/store.ts';
import type { Vault } from './vault/vault.ts';

/** The records of all that is set up, and of what sets it up. */
export interface Records {
  resources: Collections;
  guides: Collection<Guide>;
  azureSetups: Collection<AzureSetup>;
}

/** `guard` keeps a profile's tokens still while it changes. */
export function openRecords(
  config: Config,
  kinds: Kinds,
  { store, vault }: { store: Store; vault: Vault },
  guard: <T>(id: string, work: () => Promise<T>) => Promise<T>,
): Records {
  const of = resourcesOf(kinds);
  const setups = azureSetups(usesOf(of.profiles));
  const parts = { store, vault, config, resources: Object.values(of) };
  return {
    resources: {
      profiles: createCollection<CredentialProfile>(of.profiles, { ...parts, guard }),
      servers: createCollection<MailServer>(of.servers, parts),
      destinations: createCollection<DestinationConfig>(of.destinations, parts),
      outgoingServers: createCollection<OutgoingServer>(of.outgoingServers, parts),
      notifications: createCollection<NotificationSettings>(of.notifications, parts),
    },
    guides: createCollection<Guide>(guides, { ...parts, resources: [guides] }),
    azureSetups: createCollection<AzureSetup>(setups, { ...parts, resources: [...parts.resources, setups] }),
  };
}
