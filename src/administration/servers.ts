import { testConnection } from '../doctor/test-connection.ts';
import type { Supervisor } from '../intake/supervisor.ts';
import type { Use } from '../model/credential-profile.ts';
import { newId } from '../model/id.ts';
import type { MailServer, MailServerState } from '../model/mail-server.ts';
import { invalidInput } from '../model/problem.ts';
import type { TokenSource } from '../model/token.ts';
import type { MailSource } from '../sources/source.ts';
import type { Store } from '../store/store.ts';
import { acknowledgementProblems, acknowledging } from './acknowledgement-input.ts';
import type { Administration } from './administration.ts';
import { findServer } from './find.ts';
import { serverContradictions } from './server-contradictions.ts';
import { defaultHost, defaultPort } from './server-defaults.ts';
import { type ServerInput, serverChanges, serverInput, startInstant } from './server-input.ts';
import { validate } from './validation.ts';

export function createServersAdministration({
  store,
  supervisor,
  openSource,
  tokensFor,
}: {
  store: Store;
  supervisor: Supervisor;
  openSource: (server: MailServer) => MailSource;
  tokensFor: (profileId: string, use: Use) => TokenSource;
}): Administration['servers'] {
  const find = (id: string) => findServer(store, id);

  /** The server with what the profile decides, held against the profile and the other servers. */
  async function complete(server: Omit<MailServer, 'host'> & { host: string | null }): Promise<MailServer> {
    const profile = await store.profiles.get(server.profileId);
    if (!profile)
      throw invalidInput([
        { field: 'profileId', expected: 'the id of a credential profile', given: server.profileId },
      ]);
    const host = server.host ?? defaultHost(profile, server.protocol);
    const found = serverContradictions(server, profile);
    if (server.acknowledgement)
      found.push(...acknowledgementProblems(server.acknowledgement, await store.outgoingServers.list()));
    if (host === null) found.push({ field: 'host', expected: 'the host name of the mail server' });
    const namesake = (await store.servers.list()).find(
      (other) => other.name === server.name && other.id !== server.id,
    );
    if (namesake)
      found.push({ field: 'name', expected: 'a name that no other server has', given: server.name });
    if (host === null || found.length > 0) throw invalidInput(found);
    return { ...server, host };
  }

  /** As the loop last said, unless there is none: then what it said is past (P1). */
  function stateOf(server: MailServer, known = startingState(server)): MailServerState {
    if (server.paused) return { ...known, condition: 'paused', problem: null, retryAt: null };
    if (supervisor.isRunning()) return known;
    return { ...known, condition: known.condition === 'failing' ? 'failing' : 'stopped', retryAt: null };
  }

  async function pause(id: string, paused: boolean): Promise<void> {
    const server = await find(id);
    await store.servers.save({ ...server, paused, updatedAt: new Date().toISOString() });
    await supervisor.refresh(id);
  }

  return {
    async list() {
      const states = new Map((await store.servers.states()).map((state) => [state.serverId, state]));
      return (await store.servers.list()).map((server) => ({
        ...server,
        state: stateOf(server, states.get(server.id)),
      }));
    },

    async get(id) {
      const server = await find(id);
      return { ...server, state: stateOf(server, (await store.servers.state(id)) ?? undefined) };
    },

    async create(input) {
      const wanted = validate(serverInput, input);
      const now = new Date();
      const server = await complete({
        ...wanted,
        id: newId('srv'),
        host: wanted.host ?? null,
        port: wanted.port ?? defaultPort(wanted.protocol, wanted.security),
        startFrom: startInstant(wanted.startFrom, now),
        acknowledgement: acknowledging(wanted.acknowledgement, null, now),
        createdAt: now.toISOString(),
        updatedAt: now.toISOString(),
      });
      await store.servers.save(server);
      await supervisor.refresh(server.id);
      return server;
    },

    async update(id, input) {
      const { startFrom, port, acknowledgement, ...changes }: Partial<ServerInput> = validate(
        serverChanges,
        input,
      );
      const before = await find(id);
      const now = new Date();
      const after = { ...before, ...changes, host: changes.host ?? before.host };
      const moved = changes.security !== undefined || changes.protocol !== undefined;
      const server = await complete({
        ...after,
        port: port ?? (moved ? defaultPort(after.protocol, after.security) : before.port),
        startFrom: startFrom === undefined ? before.startFrom : startInstant(startFrom, now),
        acknowledgement: acknowledging(acknowledgement, before.acknowledgement, now),
        updatedAt: now.toISOString(),
      });
      await store.servers.save(server);
      await supervisor.refresh(id);
      return server;
    },

    async remove(id, options) {
      const server = await find(id);
      // Paused first, so that nothing reads it while it goes.
      await store.servers.save({ ...server, paused: true });
      await supervisor.refresh(id);
      await store.servers.delete(id, options);
    },

    pause: (id) => pause(id, true),
    resume: (id) => pause(id, false),

    async *test(id) {
      const server = await find(id);
      const source = openSource(server);
      try {
        yield* testConnection({ server, source, tokens: tokensFor(server.profileId, server.protocol) });
      } finally {
        await source.close();
      }
    },

    syncOnce: async (id) => supervisor.syncOnce(await find(id)),
  };
}

function startingState(server: MailServer): MailServerState {
  return {
    serverId: server.id,
    condition: 'starting',
    problem: null,
    since: server.updatedAt,
    lastContactAt: null,
    lastMessageAt: null,
    retryAt: null,
  };
}
