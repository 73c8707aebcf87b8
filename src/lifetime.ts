import type { Config } from './config/config.ts';
import type { Dispatcher } from './delivery/dispatcher.ts';
import { followMessageLimit } from './intake/message-limit.ts';
import type { createRetention } from './intake/retention.ts';
import type { Supervisor } from './intake/supervisor.ts';
import type { Notifier } from './notices/notifier.ts';
import type { Store } from './store/store.ts';

/** What runs. */
export interface Lifetime {
  /** Begins to read, deliver and expire. */
  start(): Promise<void>;
  /** Ends what runs and gives the data folder free. */
  close(): Promise<void>;
}

/** In what order things begin and end: what feeds others begins after them and ends before them. */
export function lifetime({
  config,
  store,
  dispatcher,
  supervisor,
  retention,
  notifier,
  stop,
}: {
  config: Config;
  store: Store;
  dispatcher: Pick<Dispatcher, 'start' | 'stop'>;
  supervisor: Supervisor;
  retention: ReturnType<typeof createRetention>;
  notifier: Notifier;
  stop(): Promise<void>;
}): Lifetime {
  return {
    async start() {
      store.health.check();
      await store.deliveries.releaseAll();
      await dispatcher.start();
      await followMessageLimit(store, config.intake.maxMessageBytes);
      await supervisor.start();
      retention.start();
      notifier.start();
    },
    async close() {
      await stop();
      retention.stop();
      await notifier.stop();
      await supervisor.stop();
      await dispatcher.stop();
      await store.close();
    },
  };
}
