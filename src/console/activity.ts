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
  const entries: ActivityEntry[] = [];
  const remaining = new Map<string, number>();
  /** What was last told of each server's state. */
  const told = new Map<string, string>();
  const changes = new EventEmitter<{ change: [] }>().setMaxListeners(0);
  let version = 0;

  function add(tone: ActivityEntry['tone'], text: string, item: DeliveredItem | null = null): void {
    entries.unshift({ id: version, at: new Date().toISOString(), tone, item, text });
    entries.length = Math.min(entries.length, kept);
    change();
  }

  function change(): void {
    version++;
    changes.emit('change');
  }

  events.on('message.stored', ({ serverId, server, messageId, outcome, size, remaining: left }) => {
    remaining.set(serverId, left);
    const item = { kind: 'message', id: messageId } as const;
    if (outcome === 'new') add('ok', `Stored by ${server}, ${formatBytes(size)}`, item);
    else if (outcome === 'recognised') add('idle', `Recognised by ${server}, not delivered again`, item);
    else change();
  });
  events.on('message.quarantined', ({ server, problem }) =>
    add('warn', `${server} put a message in quarantine: ${problem.title}`),
  );
  events.on('server.state', (state) => {
    const news = describeState(state);
    // It is also told after every message; and a server that fails tries again and again.
    if (news === null || told.get(state.serverId) === news.text) return change();
    told.set(state.serverId, news.text);
    add(news.tone, news.text);
  });
  events.on('delivery.settled', ({ state, item, destination, attempt, seconds, problem }) => {
    const why = problem?.title ?? '';
    if (state === 'delivered') add('ok', `Delivered to ${destination} in ${formatDuration(seconds)}`, item);
    else if (state === 'dead') add('bad', `Given up for ${destination}: ${why}`, item);
    else add('warn', `To be retried for ${destination} after attempt ${attempt}: ${why}`, item);
  });
  events.on('destination.circuit', ({ destination, open }) =>
    open
      ? add('warn', `${destination} rests after many failures in a row`)
      : add('ok', `${destination} accepts deliveries again`),
  );
  events.on('profile.state', ({ profile, state, problem }) =>
    state === 'connected'
      ? add('ok', `${profile} is connected`)
      : add('bad', `${profile}: ${problem?.title ?? state}`),
  );

  return {
    recent: () => entries,
    remaining: (serverId) => remaining.get(serverId) ?? null,
    version: () => version,
    async next(signal) {
      await once(changes, 'change', { signal }).catch(() => undefined);
    },
  };
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
