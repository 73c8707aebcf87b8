import type { Instant } from '../../model/mail-server.ts';
import type { Cursor } from '../source.ts';

/** Where a message stands among those that a folder received: by time, then by id, so that no two are equal. */
export type Rank = [receivedAt: Instant, id: string];

/**
 * How far a folder was read. Exchange tells changes from the newest to the oldest (Mailbox synchronization and EWS in
 * Exchange), and messages are read the other way: so what came between two sync states is read as one round.
 */
export interface FolderPlace {
  /** Everything up to this sync state is settled; null is the folder's beginning. */
  state: string | null;
  /** The round under way: it ends at the sync state `until`, and is settled up to `settled`. */
  round: { until: string; settled: Rank | null } | null;
}

/** How far the whole mailbox was read: what a {@link Cursor} says. */
export interface Progress {
  placeIn(folder: string): FolderPlace;
  /** The places of all other folders are forgotten. */
  keepOnly(folders: readonly string[]): void;
  toCursor(): Cursor;
}

/** Opens a cursor. One that cannot be understood starts from the beginning: the store knows what it has. */
export function openCursor(cursor: Cursor | null): Progress {
  const places = new Map<string, FolderPlace>();
  for (const [folder, value] of Object.entries(parse(cursor))) {
    const place = readPlace(value);
    if (place) places.set(folder, place);
  }
  return {
    placeIn(folder) {
      const place = places.get(folder) ?? { state: null, round: null };
      places.set(folder, place);
      return place;
    },
    keepOnly(folders) {
      for (const folder of places.keys()) if (!folders.includes(folder)) places.delete(folder);
    },
    toCursor: () => JSON.stringify(Object.fromEntries(places)),
  };
}

function parse(cursor: Cursor | null): object {
  try {
    const value: unknown = JSON.parse(cursor ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function readPlace(value: unknown): FolderPlace | null {
  const { state = null, round = null } = (value ?? {}) as Partial<FolderPlace>;
  if (state !== null && typeof state !== 'string') return null;
  if (round === null) return state === null ? null : { state, round };
  const settled = Array.isArray(round.settled) && round.settled.every((part) => typeof part === 'string');
  if (typeof round.until !== 'string' || !(settled || round.settled === null)) return null;
  return { state, round: { until: round.until, settled: round.settled } };
}

export function isAfter([receivedAt, id]: Rank, other: Rank | null): boolean {
  if (other === null || receivedAt > other[0]) return true;
  return receivedAt === other[0] && id > other[1];
}
