import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { backOff } from '../../concurrency/back-off.ts';
import type { Problem } from '../../model/problem.ts';
import type { Log } from '../../telemetry/log.ts';
import { type GraphClient, version } from './client.ts';
import type { FolderPlace, Progress, Subscription } from './cursor.ts';
import { explain } from './explain.ts';
import { type Folder, textOf } from './folders.ts';
import { Refusal } from './refusal.ts';

/** Keeps one subscription for each folder alive, so that Graph tells of new messages. */
export interface Subscriptions {
  /**
   * Makes them for the folders there are, renews them, makes them anew, until `signal` aborts. Never throws: mail is
   * found without them too (P35).
   */
  run(folders: () => Folder[], signal: AbortSignal): Promise<void>;
  /** Something was told of them (a lifecycle event): all are looked at now. */
  recheck(): void;
}

/** Less than the 4,230 minutes that Outlook allows (Microsoft: subscription resource type). */
const lifetimeMs = 48 * 3600_000;
const longestRest = 3600_000;

export function createSubscriptions({
  client,
  progress,
  notifications,
  reconcileSeconds,
  log,
  onMade,
}: {
  client: GraphClient;
  progress: Progress;
  notifications: { url: string; clientState: string };
  reconcileSeconds: number;
  log: Log;
  /** One was made: what changed before was told to nobody. */
  onMade: () => void;
}): Subscriptions {
  const target = `${version}/subscriptions`;
  const { url, clientState } = notifications;
  const door = createHash('sha256').update(`${url}\n${clientState}`).digest('base64url').slice(0, 16);
  let woken = Promise.withResolvers<void>();
  let isDoubtful = false;

  async function keep(folder: Folder, all: boolean, signal: AbortSignal): Promise<void> {
    const place = progress.placeIn(folder.name, folder.id);
    if (place.subscription && place.subscription.door !== door) await remove(place, signal);
    if (place.subscription === null) return make(folder, place, signal);
    if (all || Date.parse(place.subscription.renewAt) <= Date.now()) await renew(folder, place, signal);
  }

  async function make(folder: Folder, place: FolderPlace, signal: AbortSignal): Promise<void> {
    const body = {
      changeType: 'created',
      notificationUrl: url,
      lifecycleNotificationUrl: url,
      resource: `/users/${client.user}/mailFolders('${folder.id}')/messages`,
      ...expiration(),
      clientState,
    };
    const made = await client.send('POST', target, body, signal);
    place.subscription = { id: textOf(made, 'id'), renewAt: renewalOf(made), door };
    log.info({ folder: folder.name }, 'Graph tells of new messages');
    onMade();
  }

  /** Also answers `reauthorizationRequired` (Microsoft: lifecycle events): a renewal authorises anew. */
  async function renew(folder: Folder, place: FolderPlace, signal: AbortSignal): Promise<void> {
    const subscription = place.subscription as Subscription;
    try {
      const renewed = await client.send('PATCH', pathOf(subscription), expiration(), signal);
      place.subscription = { ...subscription, renewAt: renewalOf(renewed) };
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 404) throw error;
      place.subscription = null;
      await make(folder, place, signal);
    }
  }

  /** Made for another address or with another secret: nobody listens. It ends by itself if it cannot be ended now. */
  async function remove(place: FolderPlace, signal: AbortSignal): Promise<void> {
    await client
      .send('DELETE', pathOf(place.subscription as Subscription), null, signal)
      .catch(() => undefined);
    place.subscription = null;
  }

  const pathOf = ({ id }: Subscription) => `${target}/${encodeURIComponent(id)}`;

  /** When to look again; what went wrong with a folder does not keep the others from theirs. */
  async function keepAll(folders: Folder[], signal: AbortSignal): Promise<Problem | null> {
    const all = isDoubtful;
    isDoubtful = false;
    let problem: Problem | null = null;
    for (const folder of folders)
      try {
        await keep(folder, all, signal);
      } catch (error) {
        problem ??= explain(error, client.server, 'tell of new messages');
      }
    // What could not be cleared up is doubtful still
    isDoubtful ||= all && problem !== null;
    return problem;
  }

  function restAfter(problem: Problem | null, failures: number, folders: Folder[]): number {
    if (problem?.retry instanceof Date) return problem.retry.getTime() - Date.now();
    if (problem) return backOff(failures, { first: reconcileSeconds * 1000, cap: longestRest });
    const due = folders.map(({ name, id }) =>
      Date.parse(progress.placeIn(name, id).subscription?.renewAt ?? ''),
    );
    return Math.min(...due.filter((instant) => !Number.isNaN(instant))) - Date.now();
  }

  return {
    recheck() {
      isDoubtful = true;
      woken.resolve();
    },

    async run(folders, signal) {
      for (let failures = 0; !signal.aborted; ) {
        woken = Promise.withResolvers();
        const problem = await keepAll(folders(), signal);
        if (signal.aborted) return;
        if (problem && failures++ === 0)
          log.warn(
            { problem: problem.code },
            `Graph does not tell of new messages, so they are looked for every ${reconcileSeconds} seconds: ${problem.message}`,
          );
        if (!problem) failures = 0;
        const over = new AbortController();
        const milliseconds = Math.min(Math.max(restAfter(problem, failures, folders()), 0), longestRest);
        const resting = pause(milliseconds, undefined, { signal: AbortSignal.any([signal, over.signal]) });
        await Promise.race([woken.promise, resting.catch(() => undefined)]);
        over.abort();
      }
    },
  };
}

function expiration(): { expirationDateTime: string } {
  return { expirationDateTime: new Date(Date.now() + lifetimeMs).toISOString() };
}

/** Half-way to the end that was granted, which may be sooner than the one asked for. */
function renewalOf(subscription: Record<string, unknown>): string {
  const granted = Date.parse(String(subscription.expirationDateTime));
  const left = Number.isNaN(granted) ? lifetimeMs : granted - Date.now();
  return new Date(Date.now() + left / 2).toISOString();
}
