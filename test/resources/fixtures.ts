import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { builtIn, type Kinds, resourcesOf } from '../../src/adapters.ts';
import { type Config, configSchema } from '../../src/config/config.ts';
import type { FieldProblem } from '../../src/model/problem.ts';
import { createCollection } from '../../src/resources/collection.ts';
import type { Collections } from '../../src/resources/collections.ts';
import type { CredentialProfile } from '../../src/resources/credential-profile/record.ts';
import type { DestinationConfig } from '../../src/resources/destination.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import type { NotificationSettings } from '../../src/resources/notification-settings.ts';
import type { OutgoingServer } from '../../src/resources/outgoing-server/record.ts';
import type { Change } from '../../src/resources/resource.ts';
import type { SealedValues } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import type { Vault } from '../../src/vault/vault.ts';

/** Seals nothing: for what is not about secrets. */
export const openVault: Pick<Vault, 'seal' | 'open'> = {
  seal: (_owner, _name, text) => Buffer.from(text),
  open: (_owner, _name, sealed) => Buffer.from(sealed).toString(),
};

/** The collections over a store, as the composition root makes them. */
export function collectionsOf(
  store: Pick<Store, 'records'>,
  {
    vault = openVault,
    kinds = builtIn,
    guard,
    delivery = {},
  }: {
    vault?: Pick<Vault, 'seal' | 'open'>;
    kinds?: Kinds;
    delivery?: Partial<Config['delivery']>;
    guard?: <T>(id: string, work: () => Promise<T>) => Promise<T>;
  } = {},
): Collections {
  const of = resourcesOf(kinds);
  const parts = { store, vault, config: configSchema.parse({ delivery }), resources: Object.values(of) };
  return {
    profiles: createCollection<CredentialProfile>(of.profiles, { ...parts, ...(guard && { guard }) }),
    servers: createCollection<MailServer>(of.servers, parts),
    destinations: createCollection<DestinationConfig>(of.destinations, parts),
    outgoingServers: createCollection<OutgoingServer>(of.outgoingServers, parts),
    notifications: createCollection<NotificationSettings>(of.notifications, parts),
  };
}

/** Writes a record as it is, unchecked; over one that is there. */
export async function put<R extends { id: string; name: string; version?: number }>(
  store: Pick<Store, 'records'>,
  type: string,
  { version, ...members }: R,
  secrets: SealedValues = {},
): Promise<void> {
  await store.records.change(async (transaction) => {
    const { id, name } = members;
    const before = await transaction.get(type, id);
    const record = { id, name, version: version ?? before?.version ?? 1, record: JSON.stringify(members) };
    if (before) await transaction.replace(type, record);
    else await transaction.insert(type, record);
    await transaction.seal(id, secrets);
  });
}

/** What is wrong with a server, held against its profile; there is no outgoing server beside it. */
export async function serverProblems(
  server: MailServer,
  profile: CredentialProfile,
): Promise<FieldProblem[]> {
  const { servers, profiles } = resourcesOf(builtIn);
  const others = {
    list: async () => [],
    get: async (type: string) => (type === 'profile' ? profile : null),
    find: async (type: string) => (type === 'profile' ? profile : null),
    secret: async () => null,
    resource: () => profiles,
  };
  return (await servers.check?.(server, { others } as unknown as Change)) ?? [];
}

/** What is sealed in a data folder, by owner and name. */
export function sealedIn(dataFolder: string): { owner: string; name: string }[] {
  const database = new DatabaseSync(join(dataFolder, 'letterbox.sqlite'), { readOnly: true });
  try {
    return database.prepare('select owner, name from secret order by owner, name').all() as {
      owner: string;
      name: string;
    }[];
  } finally {
    database.close();
  }
}
