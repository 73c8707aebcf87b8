import type { Letterbox } from './app.ts';
import type { Config } from './config/config.ts';
import type { Dispatcher } from './delivery/dispatcher.ts';
import { followMessageLimit } from './intake/message-limit.ts';
import type { createRetention } from './intake/retention.ts';
import type { Supervisor } from './intake/supervisor.ts';
import type { Notifier } from './notices/notifier.ts';
import type { Store } from './store/store.ts';

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
}): Pick<Letterbox, 'start' | 'close'> {
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
