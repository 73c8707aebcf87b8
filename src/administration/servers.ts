import type { Supervisor } from '../intake/supervisor.ts';
import type { MailServerState } from '../model/mail-server.ts';
import type { Collection } from '../resources/collection.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { Store } from '../store/store.ts';
import type { Administration } from './administration.ts';
import { managed } from './managed.ts';

export function createServersAdministration({
  servers,
  store,
  supervisor,
}: {
  servers: Collection<MailServer>;
  store: Pick<Store, 'mailboxes' | 'health'>;
  supervisor: Supervisor;
}): Administration['servers'] {
  const stateOf = stateIn(store, supervisor);

  async function all() {
    const states = new Map((await store.mailboxes.states()).map((state) => [state.serverId, state]));
    const { records, unreadable } = await servers.all();
    return {
      records: records.map((server) => ({ ...server, state: stateOf(server, states.get(server.id)) })),
      unreadable,
    };
  }

  async function figures(id: string) {
    await servers.get(id);
    return { ...(await store.mailboxes.figures(id)), audit: await store.mailboxes.audit(id) };
  }

  return managed(servers, {
    all,
    list: async () => (await all()).records,

    async get(id: string) {
      const server = await servers.get(id);
      return { ...server, state: stateOf(server, (await store.mailboxes.state(id)) ?? undefined) };
    },

    pause: async (id: string) => void (await servers.update(id, { paused: true })),
    resume: async (id: string) => void (await servers.update(id, { paused: false })),

    syncOnce: async (id: string) => supervisor.syncOnce(await servers.get(id)),
    figures: (id: string) => figures(id),
    async audit(id: string) {
      await supervisor.syncOnce(await servers.get(id), { audit: true });
      return figures(id);
    },
  });
}

/** As the loop last said, unless there is none: then what it said is past. */
function stateIn(store: Pick<Store, 'health'>, supervisor: Supervisor) {
  return (server: MailServer, known = startingState(server)): MailServerState => {
    if (server.paused) return { ...known, condition: 'paused', problem: null, retryAt: null };
    // The loop cannot write down that it cannot write.
    const full = store.health.writing();
    if (full) return { ...known, condition: 'failing', problem: full.toJSON() };
    if (supervisor.isRunning()) return known;
    return { ...known, condition: known.condition === 'failing' ? 'failing' : 'stopped', retryAt: null };
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
