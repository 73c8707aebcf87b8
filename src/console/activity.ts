import { EventEmitter, once } from 'node:events';
import type { Instant } from '../model/mail-server.ts';
import type { EventBus } from '../telemetry/events.ts';
import { formatBytes } from './format.ts';

/** One line of the live view: what happened, around the message it happened to. */
export interface ActivityEntry {
  id: number;
  at: Instant;
  tone: 'ok' | 'busy' | 'warn' | 'bad' | 'idle';
  before: string;
  messageId: string | null;
  after: string;
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

const kept = 25;

export function createActivity(events: EventBus): Activity {
  const entries: ActivityEntry[] = [];
  const remaining = new Map<string, number>();
  const changes = new EventEmitter<{ change: [] }>().setMaxListeners(0);
  let version = 0;

  function add(entry: Pick<ActivityEntry, 'tone' | 'before'> & Partial<ActivityEntry>): void {
    entries.unshift({
      id: version,
      at: new Date().toISOString(),
      messageId: null,
      after: '',
      ...entry,
    });
    entries.length = Math.min(entries.length, kept);
    change();
  }

  function change(): void {
    version++;
    changes.emit('change');
  }

  events.on('message.stored', ({ serverId, server, messageId, outcome, size, remaining: left }) => {
    remaining.set(serverId, left);
    if (outcome === 'new')
      add({ tone: 'ok', before: `${server} stored`, messageId, after: formatBytes(size) });
    else if (outcome === 'recognised')
      add({ tone: 'idle', before: `${server} recognised`, messageId, after: 'not delivered again' });
    else change();
  });
  events.on('message.quarantined', ({ server, problem }) =>
    add({ tone: 'warn', before: `${server} put a message in quarantine: ${problem.title}` }),
  );
  events.on('server.state', ({ server, condition, problem }) => {
    if (condition === 'failing')
      add({ tone: 'bad', before: `${server} is failing: ${problem?.title ?? ''}` });
    else add({ tone: condition === 'paused' ? 'idle' : 'busy', before: `${server} is ${condition}` });
  });
  events.on('delivery.settled', ({ state, messageId, destination, attempt, seconds, problem }) => {
    if (state === 'delivered')
      add({
        tone: 'ok',
        before: 'Delivered',
        messageId,
        after: `to ${destination} in ${seconds.toFixed(2)} s`,
      });
    else if (state === 'dead')
      add({
        tone: 'bad',
        before: 'Gave up on',
        messageId,
        after: `to ${destination}: ${problem?.title ?? ''}`,
      });
    else
      add({
        tone: 'warn',
        before: 'Will retry',
        messageId,
        after: `to ${destination} after attempt ${attempt}: ${problem?.title ?? ''}`,
      });
  });
  events.on('destination.circuit', ({ destination, open }) =>
    add(
      open
        ? { tone: 'warn', before: `${destination} rests after many failures in a row` }
        : { tone: 'ok', before: `${destination} accepts deliveries again` },
    ),
  );
  events.on('profile.state', ({ profile, state, problem }) =>
    add({
      tone: state === 'connected' ? 'ok' : 'bad',
      before: state === 'connected' ? `${profile} is connected` : `${profile}: ${problem?.title ?? state}`,
    }),
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
