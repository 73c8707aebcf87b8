import { createHash } from 'node:crypto';
import { backOff } from '../../concurrency/back-off.ts';
import { sleep } from '../../concurrency/sleep.ts';
import { createWakeUp } from '../../concurrency/wake-up.ts';
import type { Problem } from '../../model/problem.ts';
import { type Json, Refusal } from '../../network/graph.ts';
import type { Log } from '../../telemetry/log.ts';
import type { GraphClient } from './client.ts';
import type { FolderPlace, Progress, Subscription } from './cursor.ts';
import { endSubscriptions, subscriptionPath, subscriptionsPath } from './end-subscriptions.ts';
import { explain } from './explain.ts';
import { type Folder, textOf } from './folders.ts';

/** Less than the 4,230 minutes that Outlook allows (Microsoft: subscription resource type). */
const lifetimeMs = 48 * 3600_000;
const longestPause = 3600_000;
const shortestPause = 1_000;

export interface SubscriptionParts {
  client: GraphClient;
  progress: Progress;
  notifications: { url: string; clientState: string };
  reconcileSeconds: number;
  log: Log;
  /** One was made: what changed before was told to nobody. */
  onMade: () => void;
}

/** Keeps one subscription for each folder alive, so that Graph tells of new messages. */
export class Subscriptions {
  readonly #parts: SubscriptionParts;
  readonly #endpoint: string;
  readonly #wakeUp = createWakeUp();
  /** Something was told of them, so all are to be renewed. */
  #isDoubtful = false;

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
    const { url, clientState } = parts.notifications;
    this.#endpoint = createHash('sha256').update(`${url}\n${clientState}`).digest('base64url').slice(0, 16);
  }

  /** Something was told of them (a lifecycle event): all are looked at now. */
  recheck(): void {
    this.#isDoubtful = true;
    this.#wakeUp.wake();
  }

  /**
   * Makes them for the folders there are, renews them, makes them anew, until `signal` aborts. Never throws: mail is
   * found without them too.
   */
  async run(folders: () => readonly Folder[], signal: AbortSignal): Promise<void> {
    const { log, reconcileSeconds } = this.#parts;
    for (let failures = 0; !signal.aborted; ) {
      const problem = await this.#ensureAll(folders(), signal);
      if (signal.aborted) return;
      if (problem && failures++ === 0)
        log.warn(
          { problem: problem.code },
          `Graph does not tell of new messages, so they are looked for every ${reconcileSeconds} seconds: ${problem.message}`,
        );
      if (!problem) failures = 0;
      const pause = this.#pauseAfter(problem, failures, folders());
      // However soon they end, and whatever is told of them
      await sleep(shortestPause, signal);
      await this.#wakeUp.sleep(Math.min(Math.max(pause, 0), longestPause), signal);
    }
  }

  /** What went wrong with a folder does not keep the others from theirs; the first of it is returned. */
  async #ensureAll(folders: readonly Folder[], signal: AbortSignal): Promise<Problem | null> {
    const all = this.#isDoubtful;
    this.#isDoubtful = false;
    let problem: Problem | null = null;
    for (const folder of folders)
      try {
        await this.#ensure(folder, all, signal);
      } catch (error) {
        problem ??= explain(error, this.#parts.client.server, 'tell of new messages');
      }
    // What could not be cleared up is doubtful still
    this.#isDoubtful ||= all && problem !== null;
    return problem;
  }

  /** Milliseconds until the next look. */
  #pauseAfter(problem: Problem | null, failures: number, folders: readonly Folder[]): number {
    const { progress, reconcileSeconds } = this.#parts;
    if (problem?.retry instanceof Date) return problem.retry.getTime() - Date.now();
    if (problem) return backOff(failures, { first: reconcileSeconds * 1000, cap: longestPause });
    const due = folders.map(({ name, id }) =>
      Date.parse(progress.placeIn(name, id).subscription?.renewAt ?? ''),
    );
    return Math.min(...due.filter((instant) => !Number.isNaN(instant))) - Date.now();
  }

  async #ensure(folder: Folder, all: boolean, signal: AbortSignal): Promise<void> {
    const place = this.#parts.progress.placeIn(folder.name, folder.id);
    if (place.subscription && place.subscription.endpoint !== this.#endpoint)
      await this.#remove(place, place.subscription, signal);
    const { subscription } = place;
    if (subscription === null) await this.#make(folder, place, signal);
    else if (all || Date.parse(subscription.renewAt) <= Date.now())
      await this.#renew(folder, place, subscription, signal);
  }

  async #make(folder: Folder, place: FolderPlace, signal: AbortSignal): Promise<void> {
    const { client, log, notifications, onMade } = this.#parts;
    const body = {
      changeType: 'created',
      notificationUrl: notifications.url,
      lifecycleNotificationUrl: notifications.url,
      resource: `/users/${client.user}/mailFolders('${folder.id}')/messages`,
      ...expiration(),
      clientState: notifications.clientState,
    };
    const made = await this.#create(body, signal);
    place.subscription = { id: textOf(made, 'id'), renewAt: renewalOf(made), endpoint: this.#endpoint };
    log.info({ folder: folder.name }, 'Graph tells of new messages');
    onMade();
  }

  /**
   * Graph makes no second one for the same resource and changes (Microsoft: Create subscription, 409 Conflict). One that
   * leads to this Letterbox was left by a server that is no more, or by a place that was lost: it gives way.
   */
  async #create(body: Json & { resource: string }, signal: AbortSignal): Promise<Json> {
    const { client, notifications } = this.#parts;
    const create = () => client.send('POST', subscriptionsPath, body, signal);
    try {
      return await create();
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 409) throw error;
      const here = new URL('.', notifications.url).href;
      const isInTheWay = (one: Json) =>
        nameOf(one.resource) === nameOf(body.resource) && String(one.notificationUrl).startsWith(here);
      if ((await endSubscriptions(client, isInTheWay, signal)) === 0) throw error;
    }
    return create();
  }

  /** Also answers `reauthorizationRequired` (Microsoft: lifecycle events): a renewal authorises anew. */
  async #renew(
    folder: Folder,
    place: FolderPlace,
    subscription: Subscription,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const renewed = await this.#parts.client.send(
        'PATCH',
        subscriptionPath(subscription.id),
        expiration(),
        signal,
      );
      place.subscription = { ...subscription, renewAt: renewalOf(renewed) };
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 404) throw error;
      place.subscription = null;
      await this.#make(folder, place, signal);
    }
  }

  /** Made for another address or with another secret: nobody listens. It ends by itself if it cannot be ended now. */
  async #remove(place: FolderPlace, subscription: Subscription, signal: AbortSignal): Promise<void> {
    const path = subscriptionPath(subscription.id);
    await this.#parts.client.send('DELETE', path, null, signal).catch(() => undefined);
    place.subscription = null;
  }
}

function expiration(): { expirationDateTime: string } {
  return { expirationDateTime: new Date(Date.now() + lifetimeMs).toISOString() };
}

/** A resource as it may be compared: Graph does not always give it as it was written. */
function nameOf(resource: unknown): string {
  return String(resource).replace(/^\//, '').toLowerCase();
}

/** Half-way to the end that was granted, which may be sooner than the one asked for. */
function renewalOf(subscription: Record<string, unknown>): string {
  const granted = Date.parse(String(subscription.expirationDateTime));
  const left = Number.isNaN(granted) ? lifetimeMs : granted - Date.now();
  return new Date(Date.now() + left / 2).toISOString();
}
