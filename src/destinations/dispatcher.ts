import type { Config } from '../config/config.ts';
import type { DestinationConfig } from '../model/delivery.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import type { Destination } from './destination.ts';
import { createLane, type Lane } from './lane.ts';

export interface Dispatcher {
  start(): Promise<void>;
  /** There is something new to deliver, to one destination or to any. */
  wake(destinationId?: string): void;
  /** Destinations were added, changed or removed. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

/** Keeps a lane for each enabled destination. */
export function createDispatcher(parts: {
  store: Store;
  open: (destination: DestinationConfig) => Promise<Destination>;
  options: Config['delivery'];
  url: (messageId: string, attachmentIndex: number | null) => string;
  events: EventBus;
  log: Log;
}): Dispatcher {
  const lanes = new Map<string, { record: string; lane: Lane }>();
  let started = false;
  let turn: Promise<void> = Promise.resolve();

  async function follow(): Promise<void> {
    const wanted = new Map(
      (await parts.store.destinations.list())
        .filter(({ enabled }) => enabled)
        .map((config) => [config.id, config]),
    );
    for (const [id, { record, lane }] of lanes)
      if (!started || recordOf(wanted.get(id)) !== record) {
        lanes.delete(id);
        await lane.stop();
      }
    if (!started) return;
    for (const config of wanted.values())
      if (!lanes.has(config.id)) {
        const lane = createLane({ ...parts, config, destination: await parts.open(config) });
        lanes.set(config.id, { record: recordOf(config), lane });
      }
  }

  /** One change after the other. */
  function refresh(): Promise<void> {
    turn = turn.then(follow, follow);
    return turn;
  }

  return {
    async start() {
      started = true;
      await refresh();
    },
    wake(destinationId) {
      if (destinationId !== undefined) lanes.get(destinationId)?.lane.wake();
      else for (const { lane } of lanes.values()) lane.wake();
    },
    refresh,
    async stop() {
      started = false;
      await refresh();
    },
  };
}

function recordOf(config: DestinationConfig | undefined): string {
  return JSON.stringify(config ?? null);
}
