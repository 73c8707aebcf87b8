import { backOff } from '../../concurrency/back-off.ts';
import { sleep } from '../../concurrency/sleep.ts';
import { createWakeUp } from '../../concurrency/wake-up.ts';
import type { Problem } from '../../model/problem.ts';
import type { Log } from '../../telemetry/log.ts';
import type { EwsClient } from './client.ts';
import { explain } from './explain.ts';
import type { Folder } from './folders.ts';
import { Refusal } from './refusal.ts';
import { followEvents, type Subscription, startSubscription, stopSubscription } from './subscription.ts';

export interface WatchOptions {
  idleSeconds: number;
  reconcileSeconds: number;
  log: Log;
}

const retryDelay = { first: 1_000, cap: 5 * 60_000 };
const unsubscribeMs = 1_000;
/** A server that ends its answer sooner is asked no more often than that. */
const shortestAnswerMs = 2_000;

/**
 * Watches a folder by streaming notifications, until `signal` aborts. They are a hint, never the truth: where they
 * cannot be had, or break, they are tried again and again meanwhile the mailbox is looked at every
 * `reconcileSeconds`. The server ends its answer every `idleSeconds`, rounded up to minutes, 30 at most,
 * and is asked anew.
 */
export class Watch {
  readonly folder: Folder;
  /** Resolves when all is over: the subscription was ended too, as far as that goes quickly. */
  readonly ended: Promise<void>;
  readonly #client: EwsClient;
  readonly #options: WatchOptions;
  readonly #signal: AbortSignal;
  readonly #wakeUp = createWakeUp();
  #arrived = false;
  #subscription: Subscription | null = null;

  constructor(client: EwsClient, folder: Folder, options: WatchOptions, signal: AbortSignal) {
    this.#client = client;
    this.folder = folder;
    this.#options = options;
    this.#signal = signal;
    this.ended = this.#listen().then(() => this.#unsubscribe());
  }

  /**
   * Resolves, after so many milliseconds at the latest, with whether the server told of something in the folder, or
   * began to tell: what came before that is not told.
   */
  async arrivalWithin(milliseconds: number): Promise<boolean> {
    const until = performance.now() + milliseconds;
    // It may have been woken for what was looked at since
    while (!this.#arrived && !this.#signal.aborted && performance.now() < until)
      await this.#wakeUp.sleep(until - performance.now(), this.#signal);
    const arrived = this.#arrived;
    this.#arrived = false;
    return arrived;
  }

  #notice(): void {
    this.#arrived = true;
    this.#wakeUp.wake();
  }

  async #listen(): Promise<void> {
    const minutes = Math.min(Math.max(Math.ceil(this.#options.idleSeconds / 60), 1), 30);
    let failures = 0;
    while (!this.#signal.aborted) {
      const began = performance.now();
      try {
        this.#subscription ??= await this.#subscribe();
        await followEvents(this.#client, this.#subscription, minutes, this.#signal, (happened) => {
          // What was sent into a connection that was broken is lost
          if (happened || failures > 0) this.#notice();
          failures = 0;
        });
        await sleep(shortestAnswerMs - (performance.now() - began), this.#signal);
      } catch (error) {
        if (this.#signal.aborted) return;
        const problem = explain(error, this.#client.server, 'send notifications', this.folder.name);
        // Only what the server no longer knows is begun anew: it allows a mailbox so many subscriptions, and no more
        if (error instanceof Refusal && problem.kind === 'refused') this.#subscription = null;
        this.#tell(problem, ++failures);
        const asked = problem.retry instanceof Date ? problem.retry.getTime() - Date.now() : 0;
        await sleep(Math.max(asked, backOff(failures, retryDelay)), this.#signal);
      }
    }
  }

  async #subscribe(): Promise<Subscription> {
    const subscription = await startSubscription(this.#client, this.folder, this.#signal);
    this.#notice();
    return subscription;
  }

  #tell(problem: Problem, failures: number): void {
    const { log, reconcileSeconds } = this.#options;
    const facts = { problem: problem.code, folder: this.folder.name };
    if (failures === 2)
      log.info(facts, `No notifications, looking every ${reconcileSeconds} s instead: ${problem.message}`);
    else log.debug(facts, problem.message);
  }

  /** A mailbox may have so many subscriptions; one that is left behind counts for half an hour. */
  async #unsubscribe(): Promise<void> {
    if (this.#subscription)
      await stopSubscription(this.#client, this.#subscription, AbortSignal.timeout(unsubscribeMs));
  }
}
