import { z } from 'zod';
import type { Dispatcher } from '../destinations/dispatcher.ts';
import { testOutgoing } from '../doctor/test-outgoing.ts';
import type { Use } from '../model/credential-profile.ts';
import { newId } from '../model/id.ts';
import type { OutgoingServer } from '../model/outgoing.ts';
import { invalidInput, Problem } from '../model/problem.ts';
import type { TokenSource } from '../model/token.ts';
import type { Sender } from '../outgoing/sender.ts';
import type { Store } from '../store/store.ts';
import type { Administration } from './administration.ts';
import { notificationSettings } from './administrator-notifications.ts';
import { findOutgoingServer } from './find.ts';
import {
  defaultOutgoingHost,
  defaultOutgoingPort,
  defaultOutgoingSecurity,
  outgoingServerChanges,
  outgoingServerContradictions,
  outgoingServerInput,
  sendingUse,
} from './outgoing-server-input.ts';
import { mailAddress } from './server-input.ts';
import { validate } from './validation.ts';

/** What *Test* may be told. */
export const outgoingTestInput = z.strictObject({ to: mailAddress.optional() });

export function createOutgoingServersAdministration({
  store,
  dispatcher,
  openSender,
}: {
  store: Store;
  dispatcher: Dispatcher;
  openSender: (server: OutgoingServer) => Sender;
}): Administration['outgoingServers'] {
  const find = (id: string) => findOutgoingServer(store, id);

  /** The server with what kind and profile decide, held against the profile and the other servers. */
  async function complete(
    server: Omit<OutgoingServer, 'host' | 'port' | 'security'> & {
      host: string | null;
      port: number | null;
      security: OutgoingServer['security'] | null;
    },
  ): Promise<OutgoingServer> {
    const profile = server.profileId === null ? null : await store.profiles.get(server.profileId);
    if (server.profileId !== null && !profile)
      throw invalidInput([
        { field: 'profileId', expected: 'the id of a credential profile', given: server.profileId },
      ]);
    const host = server.host ?? defaultOutgoingHost(profile, server.kind);
    const security = server.security ?? defaultOutgoingSecurity(server.kind);
    const port = server.port ?? defaultOutgoingPort(server.kind, security);
    const found = outgoingServerContradictions({ ...server, host, security }, profile);
    const others = (await store.outgoingServers.list()).filter(({ id }) => id !== server.id);
    if (others.some(({ name }) => name === server.name))
      found.push({ field: 'name', expected: 'a name that no other outgoing server has', given: server.name });
    if (host === null || found.length > 0) throw invalidInput(found);
    return { ...server, host, security, port };
  }

  async function save(server: OutgoingServer): Promise<OutgoingServer> {
    await store.outgoingServers.save(server);
    await dispatcher.refresh();
    return server;
  }

  return {
    list: () => store.outgoingServers.list(),
    get: find,

    async create(input) {
      const wanted = validate(outgoingServerInput, input);
      const now = new Date().toISOString();
      return save(
        await complete({
          ...wanted,
          host: wanted.host ?? null,
          port: wanted.port ?? null,
          security: wanted.security ?? null,
          id: newId('ogs'),
          createdAt: now,
          updatedAt: now,
        }),
      );
    },

    async update(id, input) {
      const changes = validate(outgoingServerChanges, input);
      const before = await find(id);
      const otherKind = changes.kind !== undefined && changes.kind !== before.kind;
      const otherPort = otherKind || (changes.security !== undefined && changes.security !== before.security);
      return save(
        await complete({
          ...before,
          ...changes,
          host: changes.host ?? (otherKind ? null : before.host),
          security: changes.security ?? (otherKind ? null : before.security),
          port: changes.port ?? (otherPort ? null : before.port),
          updatedAt: new Date().toISOString(),
        }),
      );
    },

    async remove(id) {
      const server = await find(id);
      const users = await usersOf(store, id);
      if (users.length > 0)
        throw new Problem({
          code: 'outgoing-server.in-use',
          kind: 'conflict',
          title: 'The outgoing email server is in use',
          detail: `${server.name} is used by ${users.join(', ')}`,
          remedy: 'Give those another outgoing server, or remove them first.',
        });
      // Its lane ends first, so that nothing is settled that is no longer there.
      await save({ ...server, enabled: false });
      await store.outgoingServers.delete(id);
    },

    async *test(id, input) {
      const { to } = validate(outgoingTestInput, input);
      const server = await find(id);
      yield* testOutgoing({ server, sender: openSender(server), to: to ?? null });
    },
  };
}

/** Everything that sends through a server, by name. */
async function usersOf(store: Store, id: string): Promise<string[]> {
  const servers = (await store.servers.list()).filter(
    ({ acknowledgement }) => acknowledgement?.outgoingServerId === id,
  );
  const destinations = (await store.destinations.list()).filter(
    (destination) => destination.kind === 'forward' && destination.outgoingServerId === id,
  );
  const { outgoingServerId } = await notificationSettings(store);
  return [
    ...servers.map(({ name }) => `the acknowledgement of ${name}`),
    ...destinations.map(({ name }) => `the destination ${name}`),
    ...(outgoingServerId === id ? ['the notifications'] : []),
  ];
}

/** What a server signs in with: its profile's tokens for sending. */
export function sendingTokens(
  { kind, profileId }: OutgoingServer,
  tokensFor: (profileId: string, use: Use) => TokenSource,
): TokenSource | null {
  return profileId === null ? null : tokensFor(profileId, sendingUse(kind));
}
