import { newId } from '../model/id.ts';
import type { Notice, Notification } from '../model/notice.ts';
import type { Collections } from '../resources/collections.ts';
import { notificationsType } from '../resources/notification-settings.ts';
import type { Concern } from '../store/concerns.ts';
import type { Store } from '../store/store.ts';
import type { EventBus, Events } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import { draftsOf } from './mail.ts';
import { hasComeNearer, isTold, undecided } from './matters.ts';

/** After one of these something may need a person, or no longer. */
const reasons: (keyof Events)[] = ['server.state', 'profile.state', 'message.quarantined'];

/** What nobody tells of (a date that comes near, a replay) is seen at least this often. */
const lookMs = 60_000;
/** Things that happen together are told together. */
const gatherMs = 1_000;

export interface Notifier {
  start(): void;
  /** Something may have changed: look soon. */
  look(): void;
  stop(): Promise<void>;
}

/**
 * Tells administrators once what needs them, and once when it no longer does (P1). It looks at how things stand, not
 * at what happened, and what was told is in the store: so nothing is told twice or missed, whatever ended in between.
 */
export function createNotifier({
  store,
  notices,
  resources,
  patienceSeconds,
  dispatcher,
  events,
  log,
}: {
  store: Store;
  /** Everything that needs a person now. */
  notices: () => Promise<Notice[]>;
  resources: Collections;
  /** A mailbox may fail for so long, one poll, before anybody is told: it may pass. */
  patienceSeconds: number;
  dispatcher: { wake(): void };
  events: EventBus;
  log: Log;
}): Notifier {
  let timer: NodeJS.Timeout | undefined;
  let interval: NodeJS.Timeout | undefined;
  let turn: Promise<void> = Promise.resolve();

  async function lookNow(): Promise<void> {
    const wrong = new Map((await notices()).filter(isTold).map((notice) => [notice.key, notice]));
    const open = new Map((await store.concerns.list()).map((concern) => [concern.notice.key, concern]));
    const now = new Date();
    for (const notice of wrong.values())
      if (!open.has(notice.key)) {
        await store.concerns.add(notice, now.toISOString());
        open.set(notice.key, { notice, since: now.toISOString(), toldAt: null });
      }
    const unsure = await undecided(resources.servers, store);
    const gone = [...open.values()].filter(({ notice: { key } }) => !wrong.has(key) && !unsure.has(key));
    const silent = ({ notice, toldAt }: Concern) =>
      toldAt === null || hasComeNearer(notice.key, wrong.keys());
    for (const concern of gone) if (silent(concern)) await store.concerns.remove(concern.notice.key);
    const raised = [...open.values()].filter(
      (concern) => wrong.has(concern.notice.key) && isDue(concern, now),
    );
    await tell(
      raised.map(({ notice }) => wrong.get(notice.key) ?? notice),
      gone.filter((concern) => !silent(concern)).map(({ notice }) => notice),
    );
  }

  function isDue({ notice, since, toldAt }: Concern, now: Date): boolean {
    const patience = notice.key.startsWith('server.') ? patienceSeconds * 1000 : 0;
    return toldAt === null && now.getTime() - Date.parse(since) >= patience;
  }

  async function tell(raised: Notice[], mended: Notice[]): Promise<void> {
    if (raised.length + mended.length === 0) return;
    const { outgoingServerId, addresses, destinationId } =
      await resources.notifications.get(notificationsType);
    const named = outgoingServerId === null ? null : await resources.outgoingServers.find(outgoingServerId);
    const server = named?.enabled ? named : null;
    const destination = destinationId === null ? null : await resources.destinations.find(destinationId);
    // With nobody to tell, it stays untold until there is somebody.
    if (!server && !destination) return;
    const id = newId('ntf');
    const notification: Notification = { id, raised, mended, createdAt: new Date().toISOString() };
    const drafts = server ? await draftsOf(notification, server, addresses) : [];
    await store.concerns.tell({ notification, drafts, destinationIds: destination ? [destination.id] : [] });
    log.info(
      { raised: raised.map(({ key }) => key), mended: mended.map(({ key }) => key) },
      'administrators are notified',
    );
    dispatcher.wake();
  }

  function work(): void {
    timer = undefined;
    turn = turn
      .then(lookNow)
      .catch((error) => log.error({ err: error }, 'administrators cannot be notified; it is tried again'));
  }

  function look(): void {
    if (interval === undefined) return;
    timer ??= setTimeout(work, gatherMs);
  }

  const lookAtDead = ({ state }: Events['delivery.settled'][0]) => {
    if (state === 'dead') look();
  };

  return {
    look,
    start() {
      interval = setInterval(look, Math.min(lookMs, Math.max(patienceSeconds * 1000, gatherMs)));
      for (const reason of reasons) events.on(reason, look);
      events.on('delivery.settled', lookAtDead);
      look();
    },
    async stop() {
      clearInterval(interval);
      interval = undefined;
      clearTimeout(timer);
      for (const reason of reasons) events.off(reason, look);
      events.off('delivery.settled', lookAtDead);
      await turn;
    },
  };
}
