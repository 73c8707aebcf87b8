import { isDeepStrictEqual } from 'node:util';
import { createKeyedMutex } from '../concurrency/mutex.ts';
import type { Quarantined } from '../model/message.ts';
import { Problem } from '../model/problem.ts';
import { incomingServerFields } from '../resources/incoming-server/fields.ts';
import type { MailServer } from '../resources/incoming-server/resource.ts';
import type { Hint, MailSource } from '../sources/source.ts';
import type { Received, Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import { createCondition } from './condition.ts';
import { Mailbox, stopped } from './mailbox.ts';
import { type RetryDelay, retryDelay } from './retry-delay.ts';
import type { Counts, IntakeResources } from './store-batch.ts';

export interface Supervisor {
  /** Starts every mailbox that is not paused. */
  start(): Promise<void>;
  /** Whether it was started, and not stopped since. */
  isRunning(): boolean;
  /**
   * A server was added, changed, paused, resumed or removed: its loop follows the record as it is now, and what
   * was asked for beside the loop is stopped.
   */
  refresh(serverId: string): Promise<void>;
  /** A server was added, changed or removed: only what matters to its connection ends the loop. */
  changed(before: MailServer | null, after: MailServer | null): Promise<void>;
  /** A profile was connected or changed: its mailboxes try again at once. */
  refreshProfile(profileId: string): Promise<void>;
  /** Somebody told of a mailbox; passed over where it does not run. */
  hint(serverId: string, hint: Hint): void;
  /** Reads everything there is now, once, beside no running loop. Throws `intake.stopped` when it is stopped. */
  syncOnce(server: MailServer): Promise<Counts>;
  /** Takes a quarantined message from its server in the normal way. */
  takeAgain(entry: Quarantined): Promise<Received>;
  /** Ends everything, once and for all: nothing touches the store afterwards. */
  stop(): Promise<void>;
}

interface Loop {
  abort: AbortController;
  mailbox: Mailbox;
  ended: Promise<void>;
}

/** Decides which mailboxes run in this process, each in a loop of its own: one never holds another (P31). */
export function createSupervisor(parts: {
  store: Store;
  resources: IntakeResources;
  open: (server: MailServer) => MailSource;
  events: EventBus;
  log: Log;
  retryDelay?: RetryDelay;
}): Supervisor {
  const { store, events } = parts;
  const { servers } = parts.resources;
  const loops = new Map<string, Loop>();
  /** Changes to one server, one after the other. */
  const turns = createKeyedMutex();
  /** What stops that which was asked for beside the loops. */
  const asked = new Map<string, AbortController>();
  let state: 'idle' | 'running' | 'stopped' = 'idle';

  /** A mailbox whose source is closed as soon as `signal` aborts: nothing waits for a silent mail server. */
  function openMailbox(
    server: MailServer,
    signal: AbortSignal,
  ): { mailbox: Mailbox; close(): Promise<void> } {
    const source = parts.open(server);
    const closeAtOnce = () => void source.close().catch(() => undefined);
    signal.addEventListener('abort', closeAtOnce, { once: true });
    const log = parts.log.child({ server: server.name });
    return {
      mailbox: new Mailbox({ retryDelay, ...parts, server, source, log }),
      async close() {
        signal.removeEventListener('abort', closeAtOnce);
        await source.close();
      },
    };
  }

  async function start(server: MailServer): Promise<void> {
    const abort = new AbortController();
    const unexpected = async (error: unknown) => {
      parts.log.error({ server: server.name, err: error }, 'a mailbox loop ended unexpectedly');
      await createCondition({ server, store, events }).set('failing', Problem.from(error));
    };
    try {
      const { mailbox, close } = openMailbox(server, abort.signal);
      const ended = mailbox.run(abort.signal).finally(close).catch(unexpected);
      loops.set(server.id, { abort, mailbox, ended });
    } catch (error) {
      await unexpected(error);
    }
  }

  async function halt(serverId: string): Promise<void> {
    const loop = loops.get(serverId);
    if (!loop) return;
    loops.delete(serverId);
    loop.abort.abort();
    await loop.ended;
  }

  async function follow(serverId: string): Promise<void> {
    if (state !== 'running') return halt(serverId);
    // Where the record cannot be read the loop goes on as it was.
    const server = await servers.find(serverId);
    await halt(serverId);
    if (!server || state !== 'running') return;
    if (server.paused) await createCondition({ server, store, events }).set('paused');
    else await start(server);
  }

  function refresh(serverId: string): Promise<void> {
    stopAsked(serverId);
    return turns.run(serverId, () => follow(serverId));
  }

  /** In its turn, beside the loop; stopped when the server changes, also before it has begun. */
  function ask<T>(serverId: string, work: (mailbox: Mailbox, signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = asked.get(serverId) ?? new AbortController();
    asked.set(serverId, abort);
    const { signal } = abort;
    return turns.run(serverId, async () => {
      const server = signal.aborted || state === 'stopped' ? null : await servers.find(serverId);
      if (!server) throw stopped(serverId);
      const { mailbox, close } = openMailbox(server, signal);
      try {
        return await work(mailbox, signal);
      } finally {
        await close();
      }
    });
  }

  function stopAsked(serverId: string): void {
    asked.get(serverId)?.abort();
    asked.delete(serverId);
  }

  return {
    async start() {
      state = 'running';
      await Promise.all((await servers.list()).map(({ id }) => refresh(id)));
    },
    isRunning: () => state === 'running',
    refresh,
    async changed(before, after) {
      const id = (after ?? before)?.id;
      const loop = after && loops.get(after.id);
      if (loop && before && after && !needsNewLoop(before, after)) loop.mailbox.follow(after);
      else if (id !== undefined) await refresh(id);
    },
    async refreshProfile(profileId) {
      if (state !== 'running') return;
      const using = (await servers.list()).filter((server) => server.profileId === profileId);
      await Promise.all(using.map(({ id }) => refresh(id)));
    },
    hint: (serverId, hint) => loops.get(serverId)?.mailbox.hint(hint),
    syncOnce: (server) =>
      ask(server.id, async (mailbox, signal) => {
        await halt(server.id);
        try {
          return await mailbox.readOnce(signal);
        } finally {
          await follow(server.id);
        }
      }),
    async takeAgain(entry) {
      const received = await ask(entry.serverId, (mailbox) => mailbox.takeAgain(entry.position));
      if (!received)
        throw new Problem({
          code: 'quarantine.gone',
          kind: 'gone',
          title: 'The server no longer has this message',
          detail: `folder ${entry.position.folder}, UID ${entry.position.uid}`,
          remedy: 'Look for it in other folders of the mailbox, or dismiss the entry.',
        });
      loops.get(entry.serverId)?.mailbox.wakeActions();
      return received;
    },
    async stop() {
      state = 'stopped';
      for (const serverId of asked.keys()) stopAsked(serverId);
      for (const { abort } of loops.values()) abort.abort();
      await Promise.all([...loops.keys()].map((serverId) => turns.run(serverId, () => halt(serverId))));
      await turns.idle();
    },
  };
}

const quietFields = Object.entries(incomingServerFields)
  .filter(([, field]) => 'quiet' in field && field.quiet)
  .map(([name]) => name);

/** Whether a change matters to the connection: not a name, not the text of the automatic reply. */
function needsNewLoop(before: MailServer, after: MailServer): boolean {
  const loud = (server: MailServer) => ({
    ...server,
    ...Object.fromEntries(['version', 'updatedAt', ...quietFields].map((name) => [name, null])),
  });
  return !isDeepStrictEqual(loud(before), loud(after));
}
