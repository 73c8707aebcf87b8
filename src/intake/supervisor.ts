import { isDeepStrictEqual } from 'node:util';
import { createKeyedMutex } from '../concurrency/mutex.ts';
import type { Position, Quarantined } from '../model/message.ts';
import { Problem } from '../model/problem.ts';
import { incomingServerFields } from '../resources/incoming-server/fields.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { Hint, MailSource } from '../sources/source.ts';
import type { Received, Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import { createCondition } from './condition.ts';
import { type LookDelay, lookDelay } from './look-delay.ts';
import { Mailbox, stopped } from './mailbox.ts';
import { type RetryDelay, retryDelay } from './retry-delay.ts';
import type { Counts, IntakeResources } from './store-batch.ts';

export interface SupervisorParts {
  store: Store;
  resources: IntakeResources;
  open: (server: MailServer) => MailSource;
  events: EventBus;
  log: Log;
  retryDelay?: RetryDelay;
  lookDelay?: LookDelay;
}

/** Nobody waits for it but the end of the program. */
const longestFarewellMs = 30_000;

interface Loop {
  abort: AbortController;
  mailbox: Mailbox;
  ended: Promise<void>;
}

/** Decides which mailboxes run in this process, each in a loop of its own: one never holds another. */
export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #loops = new Map<string, Loop>();
  /** Changes to one server, one after the other. */
  readonly #turns = createKeyedMutex();
  /** What stops that which was asked for beside the loops. */
  readonly #asked = new Map<string, AbortController>();
  #state: 'idle' | 'running' | 'stopped' = 'idle';

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
  }

  /** Starts every mailbox that is not paused. */
  async start(): Promise<void> {
    this.#state = 'running';
    const servers = await this.#parts.resources.servers.list();
    await Promise.all(servers.map(({ id }) => this.refresh(id)));
  }

  /** Whether it was started, and not stopped since. */
  isRunning(): boolean {
    return this.#state === 'running';
  }

  /**
   * A server was added, changed, paused, resumed or removed: its loop follows the record as it is now, and what
   * was asked for beside the loop is stopped.
   */
  refresh(serverId: string): Promise<void> {
    this.#stopAsked(serverId);
    return this.#turns.run(serverId, () => this.#follow(serverId));
  }

  /** A server was added, changed or removed: only what matters to its connection ends the loop. */
  async changed(before: MailServer | null, after: MailServer | null): Promise<void> {
    const id = (after ?? before)?.id;
    const loop = after && this.#loops.get(after.id);
    if (loop && before && after && !needsNewLoop(before, after)) loop.mailbox.follow(after);
    else if (id !== undefined) await this.refresh(id);
    if (before && !after) void this.#turns.run(before.id, () => this.#forget(before)).catch(() => undefined);
  }

  /** Ends what reading has set up on a server that was removed; what cannot be ended now ends by itself. */
  async #forget(server: MailServer): Promise<void> {
    if (!this.isRunning()) return;
    const abort = new AbortController();
    this.#asked.set(server.id, abort);
    const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(longestFarewellMs)]);
    const source = this.#parts.open(server);
    signal.addEventListener('abort', () => void source.close().catch(() => undefined), { once: true });
    try {
      await source.forget?.();
    } catch (error) {
      const { code, message } = Problem.from(error);
      const facts = { server: server.name, problem: code };
      this.#parts.log.info(facts, `what was set up for a removed mailbox ends by itself: ${message}`);
    } finally {
      this.#asked.delete(server.id);
      await source.close();
    }
  }

  /** A profile was connected or changed: its mailboxes try again at once. */
  async refreshProfile(profileId: string): Promise<void> {
    if (!this.isRunning()) return;
    const servers = await this.#parts.resources.servers.list();
    const using = servers.filter((server) => server.profileId === profileId);
    await Promise.all(using.map(({ id }) => this.refresh(id)));
  }

  /** Somebody told of a mailbox; passed over where it does not run. */
  hint(serverId: string, hint: Hint): void {
    this.#loops.get(serverId)?.mailbox.hint(hint);
  }

  /**
   * Reads everything there is now, once, beside no running loop; with `audit` also what is missing here of all that the
   * mailbox lists. Throws `intake.stopped` when it is stopped.
   */
  syncOnce({ id }: MailServer, how = { audit: false }): Promise<Counts> {
    return this.#ask(id, async (mailbox, signal) => {
      await this.#halt(id);
      try {
        return await mailbox.readOnce(signal, how);
      } finally {
        await this.#follow(id);
      }
    });
  }

  /** Takes a quarantined message from its server in the normal way. Throws `quarantine.gone` where it has it no longer. */
  async takeAgain({ serverId, position }: Quarantined): Promise<Received> {
    const received = await this.#ask(serverId, (mailbox) => mailbox.takeAgain(position));
    if (!received) throw gone(position);
    this.#loops.get(serverId)?.mailbox.wakeActions();
    return received;
  }

  /** Ends everything, once and for all: nothing touches the store afterwards. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    for (const serverId of this.#asked.keys()) this.#stopAsked(serverId);
    for (const { abort } of this.#loops.values()) abort.abort();
    const ids = [...this.#loops.keys()];
    await Promise.all(ids.map((serverId) => this.#turns.run(serverId, () => this.#halt(serverId))));
    await this.#turns.idle();
  }

  async #follow(serverId: string): Promise<void> {
    if (!this.isRunning()) return this.#halt(serverId);
    // Where the record cannot be read the loop goes on as it was.
    const server = await this.#parts.resources.servers.find(serverId);
    await this.#halt(serverId);
    if (!server || !this.isRunning()) return;
    if (server.paused) await createCondition({ server, ...this.#parts }).set('paused');
    else await this.#begin(server);
  }

  async #begin(server: MailServer): Promise<void> {
    const abort = new AbortController();
    const unexpected = async (error: unknown) => {
      this.#parts.log.error({ server: server.name, err: error }, 'a mailbox loop ended unexpectedly');
      await createCondition({ server, ...this.#parts }).set('failing', Problem.from(error));
    };
    try {
      const { mailbox, close } = this.#openMailbox(server, abort.signal);
      const ended = mailbox.run(abort.signal).finally(close).catch(unexpected);
      this.#loops.set(server.id, { abort, mailbox, ended });
    } catch (error) {
      await unexpected(error);
    }
  }

  async #halt(serverId: string): Promise<void> {
    const loop = this.#loops.get(serverId);
    if (!loop) return;
    this.#loops.delete(serverId);
    loop.abort.abort();
    await loop.ended;
  }

  /** In its turn, beside the loop; stopped when the server changes, also before it has begun. */
  #ask<T>(serverId: string, work: (mailbox: Mailbox, signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = this.#asked.get(serverId) ?? new AbortController();
    this.#asked.set(serverId, abort);
    const { signal } = abort;
    return this.#turns.run(serverId, async () => {
      const stoppedBefore = signal.aborted || this.#state === 'stopped';
      const server = stoppedBefore ? null : await this.#parts.resources.servers.find(serverId);
      if (!server) throw stopped(serverId);
      const { mailbox, close } = this.#openMailbox(server, signal);
      try {
        return await work(mailbox, signal);
      } finally {
        await close();
      }
    });
  }

  #stopAsked(serverId: string): void {
    this.#asked.get(serverId)?.abort();
    this.#asked.delete(serverId);
  }

  /** A mailbox whose source is closed as soon as `signal` aborts: nothing waits for a silent mail server. */
  #openMailbox(server: MailServer, signal: AbortSignal): { mailbox: Mailbox; close(): Promise<void> } {
    const source = this.#parts.open(server);
    const closeAtOnce = () => void source.close().catch(() => undefined);
    signal.addEventListener('abort', closeAtOnce, { once: true });
    const log = this.#parts.log.child({ server: server.name });
    return {
      mailbox: new Mailbox({ retryDelay, lookDelay, ...this.#parts, server, source, log }),
      async close() {
        signal.removeEventListener('abort', closeAtOnce);
        await source.close();
      },
    };
  }
}

function gone({ folder, uid }: Position): Problem {
  return new Problem({
    code: 'quarantine.gone',
    kind: 'gone',
    title: 'The server no longer has this message',
    detail: `folder ${folder}, UID ${uid}`,
    remedy: 'Look for it in other folders of the mailbox, or dismiss the entry.',
  });
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
