import type { Config } from '../config/config.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';

const interval = 60 * 60_000;
const day = 24 * 60 * 60_000;

/** Removes now and then what the retention settings no longer keep, and what has run out by itself. */
export function createRetention({
  store,
  limits,
  log,
}: {
  store: Store;
  limits: Config['retention'];
  log: Log;
}) {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const before = (days: number | null) =>
    days === null ? null : new Date(Date.now() - days * day).toISOString();

  async function sweep(): Promise<void> {
    try {
      const limitsNow = {
        sourcesBefore: before(limits.sourceDays),
        messagesBefore: before(limits.messageDays),
      };
      const removed = await store.messages.expire(limitsNow);
      const repliesBefore = new Date(Date.now() - day).toISOString();
      const mails = await store.outbox.expire({ ...limitsNow, repliesBefore });
      if (removed.messages + removed.sources + mails > 0)
        log.info({ ...removed, mails }, 'retention removed messages, raw sources and sent mails');
      const now = new Date().toISOString();
      await store.consents.sweep(now);
      await store.sessions.sweep(now);
    } catch (error) {
      // The store may close under a sweep: what is not removed now is removed after the next start.
      if (!isStopped) log.warn({ err: error }, 'retention will try again in an hour');
    }
  }

  return {
    start() {
      void sweep();
      timer = setInterval(sweep, interval);
      timer.unref();
    },
    stop() {
      isStopped = true;
      clearInterval(timer);
    },
  };
}
