import { readFolderCursor, writeFolderCursor } from '../folder-cursor.ts';
import type { Cursor } from '../source.ts';

/** How far a folder was read, and how it is told of. */
export interface FolderPlace {
  /** The folder that the name stood for: another one is read from its beginning. */
  folderId: string;
  /** Where the next round of the delta query begins; null when none was completed. */
  deltaLink: string | null;
  subscription: Subscription | null;
}

/** A subscription for change notifications, kept so that a restart takes it over instead of making another. */
export interface Subscription {
  id: string;
  /** ISO 8601. */
  renewAt: string;
  /** Digest of the URL and the secret that it was made with. */
  endpoint: string;
}

/** How far the whole mailbox was read: what a {@link Cursor} says. */
export interface Progress {
  /** The place in a folder; at its beginning when it is new, or when the name stands for another one now. */
  placeIn(folder: string, folderId: string): FolderPlace;
  toCursor(): Cursor;
}

/** Opens a cursor. One that cannot be understood starts from the beginning: the store knows what it has. */
export function openCursor(cursor: Cursor | null): Progress {
  const places = readFolderCursor(cursor, readPlace);
  return {
    placeIn(folder, folderId) {
      const known = places.get(folder);
      if (known?.folderId === folderId) return known;
      const place: FolderPlace = { folderId, deltaLink: null, subscription: null };
      places.set(folder, place);
      return place;
    },
    toCursor: () => writeFolderCursor(places),
  };
}

function readPlace(value: unknown): FolderPlace | null {
  const { folderId, deltaLink, subscription } = (value ?? {}) as Partial<FolderPlace>;
  if (typeof folderId !== 'string') return null;
  return {
    folderId,
    deltaLink: typeof deltaLink === 'string' ? deltaLink : null,
    subscription: readSubscription(subscription),
  };
}

function readSubscription(value: unknown): Subscription | null {
  const { id, renewAt, endpoint } = (value ?? {}) as Partial<Subscription>;
  if (typeof id !== 'string' || typeof renewAt !== 'string' || typeof endpoint !== 'string') return null;
  return { id, renewAt, endpoint };
}
