import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/config.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Log } from '../telemetry/log.ts';
import type { Carrier, Consignee } from './destination.ts';
import { createLane, type Lane } from './lane.ts';

export interface Dispatcher<C extends Consignee = Consignee> {
  start(): Promise<void>;
  /** There is something new to deliver, to one consignee or to any. */
  wake(consigneeId?: string): void;
  /** Consignees were added, changed or removed. */
  refresh(): Promise<void>;
  /** What these rest for may be mended: they are tried at once. */
  renew(which: (consignee: C) => boolean): Promise<void>;
  /** Ends when no attempt is under way any more, which takes a few seconds at most. */
  stop(): Promise<void>;
}

/**
 * Keeps a lane for each enabled consignee, destinations and outgoing email servers alike; a changed one gets a new
 * lane.
 */
export function createDispatcher<C extends Consignee>(parts: {
  store: Store;
  /** All there are, each with everything whose change calls for a new lane. */
  consignees: () => Promise<C[]>;
  open: (consignee: C) => Promise<Carrier>;
  options: Config['delivery'];
  events: EventBus;
  log: Log;
}): Dispatcher<C> {
  const lanes = new Map<string, { config: C; lane: Lane }>();
  /** Stops under way: these lanes begin nothing more and keep nobody waiting but our own stop. */
  const ending = new Set<Promise<void>>();
  let running = false;
  let turn: Promise<void> = Promise.resolve();

  async function follow(): Promise<void> {
    const configs = (await parts.consignees()).filter(({ enabled }) => enabled);
    if (!running) return;
    const wanted = new Map(configs.map((config) => [config.id, config]));
    for (const [id, { config }] of lanes) if (!isDeepStrictEqual(wanted.get(id), config)) end(id);
    for (const [id, config] of wanted)
      if (!lanes.has(id))
        lanes.set(id, { config, lane: createLane({ ...parts, config, open: () => parts.open(config) }) });
  }

  function end(id: string): void {
    const stop = lanes.get(id)?.lane.stop();
    lanes.delete(id);
    if (!stop) return;
    ending.add(stop);
    void stop.then(() => ending.delete(stop));
  }

  /** One change after the other. */
  function refresh(): Promise<void> {
    turn = turn.then(follow, follow);
    return turn;
  }

  return {
    async start() {
      running = true;
      await refresh();
    },
    wake(consigneeId) {
      if (consigneeId !== undefined) lanes.get(consigneeId)?.lane.wake();
      else for (const { lane } of lanes.values()) lane.wake();
    },
    refresh,
    renew(which) {
      for (const { config } of [...lanes.values()]) if (which(config)) end(config.id);
      return refresh();
    },
    async stop() {
      running = false;
      for (const id of [...lanes.keys()]) end(id);
      await Promise.all(ending);
    },
  };
}
