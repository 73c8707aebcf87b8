import { setTimeout as pause } from 'node:timers/promises';
import { backOff } from '../../concurrency/back-off.ts';
import type { Problem } from '../../model/problem.ts';
import type { Log } from '../../telemetry/log.ts';
import type { EwsClient } from './client.ts';
import { explain } from './explain.ts';
import type { Folder } from './folders.ts';
import { Refusal } from './refusal.ts';
import { followEvents, type Subscription, startSubscription, stopSubscription } from './subscription.ts';

/** Why to look at the mailbox again. */
export type Reason =
  /** The server told of something in the watched folder, or began to tell: what came before that is not told. */
  | 'arrival'
  /** Time for a look at every folder, whatever the server told (P20). */
  | 'reconcile';

export interface Watch {
  /** Resolves when there is a reason to look; throws the signal's reason when it aborts. */
  next(): Promise<Reason>;
  /** Every folder was looked at just now. */
  reconciled(): void;
  close(): void;
  /** Resolves when all is over: the subscription was ended too, as far as that goes quickly. */
  readonly ended: Promise<void>;
}

const retryDelay = { first: 1_000, cap: 5 * 60_000 };
const farewellMs = 1_000;

/**
 * Watches a folder by streaming notifications. They are a hint, never the truth: where they cannot be had, or break,
 * they are tried again and again meanwhile the mailbox is looked at every `reconcileSeconds` (P34, P35). The server
 * ends its answer every `idleSeconds`, rounded up to minutes, 30 at most, and is asked anew.
 */
export function createWatch(
  client: EwsClient,
  folder: Folder,
  { idleSeconds, reconcileSeconds }: { idleSeconds: number; reconcileSeconds: number },
  signal: AbortSignal,
  log: Log,
): Watch {
  const minutes = Math.min(Math.max(Math.ceil(idleSeconds / 60), 1), 30);
  const stopping = new AbortController();
  const ending = AbortSignal.any([signal, stopping.signal]);
  let subscription: Subscription | null = null;
  let arrived = false;
  let wake = () => {};
  let reconciledAt = Date.now();

  function notice(): void {
    arrived = true;
    wake();
  }

  async function listen(): Promise<void> {
    let failures = 0;
    while (!ending.aborted) {
      try {
        subscription ??= await begin();
        await followEvents(client, subscription, minutes, ending, (happened) => {
          // What was sent into a connection that was broken is lost
          if (happened || failures > 0) notice();
          failures = 0;
        });
      } catch (error) {
        if (ending.aborted) return;
        const problem = explain(error, client.server, 'send notifications', folder.name);
        // Only what the server no longer knows is begun anew: it allows a mailbox so many subscriptions, and no more
        if (error instanceof Refusal && problem.kind === 'refused') subscription = null;
        tell(problem, ++failures);
        const rest = problem.retry instanceof Date ? problem.retry.getTime() - Date.now() : 0;
        const wait = Math.max(rest, backOff(failures, retryDelay));
        await pause(wait, undefined, { signal: ending }).catch(() => {});
      }
    }
  }

  async function begin(): Promise<Subscription> {
    const begun = await startSubscription(client, folder, ending);
    notice();
    return begun;
  }

  function tell(problem: Problem, failures: number): void {
    const facts = { problem: problem.code, folder: folder.name };
    if (failures === 2)
      log.info(facts, `No notifications, looking every ${reconcileSeconds} s instead: ${problem.message}`);
    else log.debug(facts, problem.message);
  }

  /** A mailbox may have so many subscriptions; one that is left behind counts for half an hour. */
  async function part(): Promise<void> {
    if (subscription) await stopSubscription(client, subscription, AbortSignal.timeout(farewellMs));
  }

  return {
    async next() {
      for (;;) {
        signal.throwIfAborted();
        const rest = reconciledAt + reconcileSeconds * 1000 - Date.now();
        if (arrived || rest <= 0) {
          arrived = false;
          return rest <= 0 ? 'reconcile' : 'arrival';
        }
        await new Promise<void>((resolve) => {
          const timer = setTimeout(() => wake(), rest);
          wake = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', wake);
            resolve();
          };
          signal.addEventListener('abort', wake, { once: true });
        });
      }
    },
    reconciled() {
      reconciledAt = Date.now();
    },
    close: () => stopping.abort(),
    ended: listen().then(part),
  };
}
