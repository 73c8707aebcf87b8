import { EventEmitter, once } from 'node:events';
import type { DeliveredItem } from '../model/delivery.ts';
import type { Instant } from '../model/mail-server.ts';
import type { EventBus, Events } from '../telemetry/events.ts';
import { formatBytes, formatDuration } from './format.ts';

/** One entry of the live view: what happened, and to which message, mail or notification. */
export interface ActivityEntry {
  id: number;
  at: Instant;
  tone: 'ok' | 'warn' | 'bad' | 'idle';
  item: DeliveredItem | null;
  text: string;
}

/** The latest of what happened, newest first, in bounded memory. */
export interface Activity {
  recent(): ActivityEntry[];
  /** Messages that a synchronising server still has to read, as it last said. */
  remaining(serverId: string): number | null;
  /** Changes with every event. */
  version(): number;
  /** Resolves at the next event, or when the signal ends the wait. */
  next(signal: AbortSignal): Promise<void>;
}

const kept = 10;

export function createActivity(events: EventBus): Activity {
  return new LatestEvents(events);
}

class LatestEvents implements Activity {
  readonly #entries: ActivityEntry[] = [];
  readonly #remaining = new Map<string, number>();
  /** What was last told of each server's state. */
  readonly #told = new Map<string, string>();
  readonly #changes = new EventEmitter<{ change: [] }>().setMaxListeners(0);
  #version = 0;

  constructor(events: EventBus) {
    events.on('message.stored', (stored) => this.#stored(stored));
    events.on('message.quarantined', ({ server, problem }) =>
      this.#add('warn', `${server} put a message in quarantine: ${problem.title}`),
    );
    events.on('server.state', (state) => this.#stateOf(state));
    events.on('delivery.settled', (settled) => this.#settled(settled));
    events.on('destination.circuit', ({ destination, open }) =>
      open
        ? this.#add('warn', `${destination} is left alone after many failures in a row`)
        : this.#add('ok', `${destination} accepts deliveries again`),
    );
    events.on('destination.disabled', ({ destination, problem }) =>
      this.#add('bad', `${destination}: ${problem.title}`),
    );
    events.on('profile.state', ({ profile, state, problem }) =>
      state === 'connected'
        ? this.#add('ok', `${profile} is connected`)
        : this.#add('bad', `${profile}: ${problem?.title ?? state}`),
    );
  }

  recent(): ActivityEntry[] {
    return this.#entries;
  }

  remaining(serverId: string): number | null {
    return this.#remaining.get(serverId) ?? null;
  }

  version(): number {
    return this.#version;
  }

  async next(signal: AbortSignal): Promise<void> {
    await once(this.#changes, 'change', { signal }).catch(() => undefined);
  }

  #stored({ serverId, server, messageId, outcome, size, remaining }: Events['message.stored'][0]): void {
    this.#remaining.set(serverId, remaining);
    const item = { kind: 'message', id: messageId } as const;
    if (outcome === 'new') this.#add('ok', `Stored by ${server}, ${formatBytes(size)}`, item);
    else if (outcome === 'recognised')
      this.#add('idle', `Recognised by ${server}, not delivered again`, item);
    else this.#change();
  }

  #stateOf(state: Events['server.state'][0]): void {
    const news = describeState(state);
    // It is also told after every message; and a server that fails tries again and again.
    const isNew = news !== null && this.#told.get(state.serverId) !== news.text;
    if (!isNew) {
      this.#change();
      return;
    }
    this.#told.set(state.serverId, news.text);
    this.#add(news.tone, news.text);
  }

  #settled({ state, item, destination, attempt, seconds, problem }: Events['delivery.settled'][0]): void {
    const why = problem?.title ?? '';
    if (state === 'delivered')
      this.#add('ok', `Delivered to ${destination} in ${formatDuration(seconds)}`, item);
    else if (state === 'dead') this.#add('bad', `Given up for ${destination}: ${why}`, item);
    else this.#add('warn', `To be retried for ${destination} after attempt ${attempt}: ${why}`, item);
  }

  #add(tone: ActivityEntry['tone'], text: string, item: DeliveredItem | null = null): void {
    this.#entries.unshift({ id: this.#version, at: new Date().toISOString(), tone, item, text });
    this.#entries.length = Math.min(this.#entries.length, kept);
    this.#change();
  }

  #change(): void {
    this.#version++;
    this.#changes.emit('change');
  }
}

/** What is worth telling of a server's state; null while it is only on its way to the next. */
function describeState({
  server,
  condition,
  problem,
}: Events['server.state'][0]): Pick<ActivityEntry, 'tone' | 'text'> | null {
  if (condition === 'failing') return { tone: 'bad', text: `${server} is failing: ${problem?.title ?? ''}` };
  if (problem !== null) return { tone: 'warn', text: `${server}: ${problem.title}` };
  if (condition === 'paused') return { tone: 'idle', text: `${server} is paused` };
  return condition === 'watching' ? { tone: 'ok', text: `${server} is watching for new mail` } : null;
}
