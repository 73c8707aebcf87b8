import type { MailServer } from '../model/mail-server.ts';
import type { Quarantined } from '../model/message.ts';
import { Problem } from '../model/problem.ts';
import type { Hint, MailSource } from '../sources/source.ts';
import type { Received, Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import { createCondition } from './condition.ts';
import type { Counts } from './keep.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';

export interface Supervisor {
  /** Starts every mailbox that is not paused. */
  start(): Promise<void>;
  /** Whether it was started, and not stopped since. */
  isRunning(): boolean;
  /** A server was added, changed, paused, resumed or removed: its loop follows the record as it is now. */
  refresh(serverId: string): Promise<void>;
  /** A profile was connected or changed: its mailboxes try again at once. */
  refreshProfile(profileId: string): Promise<void>;
  /** Somebody told of a mailbox; passed over where it does not run. */
  hint(serverId: string, hint: Hint): void;
  /** Reads everything there is now, once, beside no running loop. */
  syncOnce(server: MailServer): Promise<Counts>;
  /** Takes a quarantined message from its server in the normal way. */
  takeAgain(entry: Quarantined): Promise<Received>;
  stop(): Promise<void>;
}

interface Running {
  abort: AbortController;
  hint: Mailbox['hint'];
  ended: Promise<void>;
}

/** Decides which mailboxes run in this process, each in a loop of its own: one never holds another (P31). */
export function createSupervisor(parts: {
  store: Store;
  open: (server: MailServer) => MailSource;
  events: EventBus;
  log: Log;
}): Supervisor {
  const { store, events } = parts;
  const running = new Map<string, Running>();
  /** Changes to one server, one after the other. */
  const turns = new Map<string, Promise<void>>();
  let stopped = true;

  async function withMailbox<T>(server: MailServer, work: (mailbox: Mailbox) => Promise<T>): Promise<T> {
    const source = parts.open(server);
    const log = parts.log.child({ server: server.name });
    try {
      return await work(createMailbox({ server, source, store, events, log }));
    } finally {
      await source.close();
    }
  }

  function start(server: MailServer): void {
    const abort = new AbortController();
    let hint: Mailbox['hint'] = () => {};
    const ended = withMailbox(server, (mailbox) => {
      hint = mailbox.hint;
      return mailbox.run(abort.signal);
    }).catch((error) =>
      parts.log.error({ server: server.name, err: error }, 'a mailbox loop ended unexpectedly'),
    );
    running.set(server.id, { abort, hint, ended });
  }

  async function halt(serverId: string): Promise<void> {
    const loop = running.get(serverId);
    if (!loop) return;
    running.delete(serverId);
    loop.abort.abort();
    await loop.ended;
  }

  function inTurn<T>(serverId: string, work: () => Promise<T>): Promise<T> {
    const result = (turns.get(serverId) ?? Promise.resolve()).then(work);
    turns.set(
      serverId,
      result.then(
        () => undefined,
        () => undefined,
      ),
    );
    return result;
  }

  async function follow(serverId: string): Promise<void> {
    await halt(serverId);
    if (stopped) return;
    const server = await store.servers.get(serverId);
    if (!server || stopped) return;
    if (server.paused) await createCondition({ server, store, events }).set('paused');
    else start(server);
  }

  async function refreshAll(servers: MailServer[]): Promise<void> {
    await Promise.all(servers.map((server) => inTurn(server.id, () => follow(server.id))));
  }

  return {
    async start() {
      stopped = false;
      await refreshAll(await store.servers.list());
    },
    isRunning: () => !stopped,
    refresh: (serverId) => inTurn(serverId, () => follow(serverId)),
    async refreshProfile(profileId) {
      if (stopped) return;
      await refreshAll((await store.servers.list()).filter((server) => server.profileId === profileId));
    },
    hint: (serverId, hint) => running.get(serverId)?.hint(hint),
    syncOnce: (server) =>
      inTurn(server.id, async () => {
        await halt(server.id);
        try {
          return await withMailbox(server, (mailbox) => mailbox.readOnce(new AbortController().signal));
        } finally {
          await follow(server.id);
        }
      }),
    async takeAgain(entry) {
      const server = await store.servers.get(entry.serverId);
      const received = server && (await withMailbox(server, (mailbox) => mailbox.takeAgain(entry.position)));
      if (!received)
        throw new Problem({
          code: 'quarantine.gone',
          title: 'The server no longer has this message',
          detail: `folder ${entry.position.folder}, UID ${entry.position.uid}`,
          remedy: 'Look for it in other folders of the mailbox, or dismiss the entry.',
        });
      return received;
    },
    async stop() {
      stopped = true;
      await Promise.all([...running.keys()].map((serverId) => inTurn(serverId, () => halt(serverId))));
      // What was asked for before goes on to its end, so that nothing touches the store afterwards.
      await Promise.all(turns.values());
    },
  };
}
