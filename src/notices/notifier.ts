import { createMutex } from '../concurrency/mutex.ts';
import { newId } from '../model/id.ts';
import type { Notice, Notification } from '../model/notice.ts';
import type { Collection } from '../resources/collection.ts';
import type { Collections } from '../resources/collections.ts';
import type { DestinationConfig } from '../resources/destination.ts';
import { notificationsType } from '../resources/notification-settings.ts';
import type { ResourceRecord } from '../resources/resource.ts';
import type { RaisedNotice } from '../store/notices.ts';
import type { Store } from '../store/store.ts';
import type { EventBus, Events } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import { changesSince, isTold, undecidedKeys } from './changes.ts';
import { draftsOf } from './mail.ts';

/** After one of these something may need a person, or no longer. */
const reasons: (keyof Events)[] = [
  'server.state',
  'profile.state',
  'message.quarantined',
  'destination.disabled',
];

/** What nobody tells of (a date that comes near, a replay) is seen at least this often. */
const lookMs = 60_000;
/** Things that happen together are told together. */
const gatherMs = 1_000;

export interface NotifierParts {
  store: Store;
  /** Everything that needs a person now. */
  notices(): Promise<Notice[]>;
  resources: Collections;
  /** A mailbox may fail for so long, one poll, before anybody is told: it may pass. */
  patienceSeconds: number;
  dispatcher: { wake(): void };
  events: EventBus;
  log: Log;
}

/**
 * Tells administrators once what needs them, and once when it no longer does. It looks at how things stand, not
 * at what happened, and what was told is in the store: so nothing is told twice or missed, whatever ended in between.
 */
export class Notifier {
  readonly #parts: NotifierParts;
  readonly #inTurn = createMutex();
  #gathering: NodeJS.Timeout | undefined;
  #interval: NodeJS.Timeout | undefined;

  constructor(parts: NotifierParts) {
    this.#parts = parts;
  }

  start(): void {
    const { events, patienceSeconds } = this.#parts;
    const every = Math.min(lookMs, Math.max(patienceSeconds * 1000, gatherMs));
    this.#interval = setInterval(this.look, every);
    for (const reason of reasons) events.on(reason, this.look);
    events.on('delivery.settled', this.#lookAtDead);
    this.look();
  }

  /** Something may have changed: look soon. */
  readonly look = (): void => {
    if (this.#interval === undefined) return;
    this.#gathering ??= setTimeout(this.#work, gatherMs);
  };

  async stop(): Promise<void> {
    const { events } = this.#parts;
    clearInterval(this.#interval);
    this.#interval = undefined;
    clearTimeout(this.#gathering);
    for (const reason of reasons) events.off(reason, this.look);
    events.off('delivery.settled', this.#lookAtDead);
    await this.#inTurn(async () => undefined);
  }

  readonly #lookAtDead = ({ state }: Events['delivery.settled'][0]): void => {
    if (state === 'dead') this.look();
  };

  readonly #work = (): void => {
    this.#gathering = undefined;
    this.#inTurn(() => this.#tellChanges()).catch((error) =>
      this.#parts.log.error({ err: error }, 'administrators cannot be notified; it is tried again'),
    );
  };

  async #tellChanges(): Promise<void> {
    const { store, resources, notices, patienceSeconds } = this.#parts;
    const current = new Map((await notices()).filter(isTold).map((notice) => [notice.key, notice]));
    const now = new Date().toISOString();
    const seen = await this.#see(current, now);
    const undecided = await undecidedKeys(resources.servers, store);
    const { raised, mended, passed } = changesSince(seen, current, { undecided, now, patienceSeconds });
    for (const { key } of passed) await store.notices.remove(key);
    await this.#tell(raised, mended);
  }

  /** What was seen before, and what is seen now for the first time, which is kept from here on. */
  async #see(current: ReadonlyMap<string, Notice>, now: string): Promise<RaisedNotice[]> {
    const { notices } = this.#parts.store;
    const before = await notices.list();
    const keys = new Set(before.map(({ notice }) => notice.key));
    const fresh = [...current.values()].filter(({ key }) => !keys.has(key));
    for (const notice of fresh) await notices.add(notice, now);
    return [...before, ...fresh.map((notice) => ({ notice, since: now, toldAt: null }))];
  }

  async #tell(raised: Notice[], mended: Notice[]): Promise<void> {
    const { store, resources, dispatcher, log } = this.#parts;
    if (raised.length + mended.length === 0) return;
    const { outgoingServerId, addresses, destinationId } =
      await resources.notifications.get(notificationsType);
    const named = await this.#readable(resources.outgoingServers, outgoingServerId);
    const server = named?.enabled ? named : null;
    const receiver = await this.#readable(resources.destinations, destinationId);
    const destination = receiver && (await this.#takes(receiver)) ? receiver : null;
    // With nobody to tell, it stays untold until there is somebody.
    if (!server && !destination) return;
    const id = newId('ntf');
    const notification: Notification = { id, raised, mended, createdAt: new Date().toISOString() };
    const drafts = server ? await draftsOf(notification, server, addresses) : [];
    await store.notices.tell({ notification, drafts, destinationIds: destination ? [destination.id] : [] });
    log.info(
      { raised: raised.map(({ key }) => key), mended: mended.map(({ key }) => key) },
      'administrators are notified',
    );
    dispatcher.wake();
  }

  /** Whether what goes there now is sent: else nobody would be told. */
  async #takes(destination: DestinationConfig): Promise<boolean> {
    return destination.enabled && (await this.#parts.store.endpoints.get(destination)).disabled === null;
  }

  /** Null where it cannot be read: then the other way remains. */
  async #readable<R extends ResourceRecord>(records: Collection<R>, id: string | null): Promise<R | null> {
    try {
      return id === null ? null : await records.find(id);
    } catch (error) {
      this.#parts.log.warn({ err: error }, 'administrators are not notified by what cannot be read');
      return null;
    }
  }
}
