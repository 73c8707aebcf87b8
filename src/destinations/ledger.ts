import { untilDone } from '../concurrency/retry.ts';
import type { Delivery } from '../model/delivery.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import type { Consignee } from './destination.ts';

/** Writes down how attempts ended, and tells. */
export interface Ledger {
  /**
   * Repeated through trouble of the store (a full disk), as what is not written down is delivered again;
   * throws that trouble only once `stopping` aborts. `seconds`: how long the attempt took.
   */
  settle(after: Delivery, seconds: number): Promise<void>;
}

export function createLedger({
  config,
  store,
  events,
  log,
  stopping,
}: {
  config: Consignee;
  store: Store;
  events: EventBus;
  log: Log;
  stopping: AbortSignal;
}): Ledger {
  return {
    async settle(after, seconds) {
      await untilDone(
        () => store.deliveries.settle(after),
        stopping,
        (error) =>
          log.error(
            { delivery: after.id, err: error },
            'a delivery waits to be settled: the store cannot write',
          ),
      );
      if (after.state === 'dead')
        log.warn({ delivery: after.id, problem: after.problem?.code }, 'a delivery is a dead letter');
      events.emit('delivery.settled', {
        deliveryId: after.id,
        messageId: after.messageId,
        destinationId: config.id,
        destination: config.name,
        state: after.state,
        attempt: after.attempts,
        seconds,
        problem: after.problem,
      });
    },
  };
}
