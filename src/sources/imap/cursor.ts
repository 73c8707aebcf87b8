import { readFolderCursor, writeFolderCursor } from '../folder-cursor.ts';
import type { Cursor } from '../source.ts';

/** How far a folder was read. */
export interface FolderPlace {
  /** UIDVALIDITY under which the UIDs below mean something (RFC 3501 2.3.1.1). */
  validity: string;
  /** Every message up to this UID was yielded or left out, but for the open ones. */
  last: number;
  /** Passed over, to be asked for again: the server left them out while it gave later ones. */
  open: number[];
}

/**
 * Whether nothing can have come after the place: the next message gets the UID after the last one read. This saves
 * the SEARCH in a folder that is opened, and a STATUS takes the place of EXAMINE and SEARCH in the others.
 * HIGHESTMODSEQ and QRESYNC (RFC 7162) would save nothing more: they tell of flags and expunged messages, which are
 * not read here.
 */
export function isReadToEnd(
  place: FolderPlace,
  state: { validity: string; uidNext: number | undefined },
): boolean {
  return place.validity === state.validity && place.open.length === 0 && place.last + 1 === state.uidNext;
}

/** How far the whole mailbox was read: what a {@link Cursor} says. */
export interface Progress {
  /** The place in a folder; at its beginning when it is new, or when its UIDs mean something else now. */
  placeIn(folder: string, validity: string): FolderPlace;
  /** The place in a folder as it was read before; null when it is new. */
  placeOf(folder: string): FolderPlace | null;
  toCursor(): Cursor;
}

/** Opens a cursor. One that cannot be understood starts from the beginning: the store knows what it has. */
export function openCursor(cursor: Cursor | null): Progress {
  const places = readFolderCursor(cursor, readPlace);
  return {
    placeIn(folder, validity) {
      const known = places.get(folder);
      if (known?.validity === validity) return known;
      const place = { validity, last: 0, open: [] };
      places.set(folder, place);
      return place;
    },
    placeOf: (folder) => places.get(folder) ?? null,
    toCursor: () => writeFolderCursor(places),
  };
}

function readPlace(value: unknown): FolderPlace | null {
  const { validity, last, open } = (value ?? {}) as Partial<FolderPlace>;
  if (typeof validity !== 'string' || !isUid(last)) return null;
  return { validity, last, open: Array.isArray(open) ? open.filter(isUid) : [] };
}

function isUid(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/**
 * Moves the place past messages, one by one in whatever order they come. `uids` (ascending) are those that are being
 * read: the ones that a later one overtakes stay open.
 */
export function createAdvance(place: FolderPlace, uids: readonly number[]): (uid: number) => void {
  const open = new Set(place.open);
  const waiting = new Set(uids);
  let next = 0;
  return (uid) => {
    waiting.delete(uid);
    let changed = open.delete(uid);
    if (uid > place.last) {
      for (; next < uids.length && (uids[next] as number) < uid; next++) {
        const overtaken = uids[next] as number;
        if (waiting.has(overtaken) && !open.has(overtaken)) {
          open.add(overtaken);
          changed = true;
        }
      }
      place.last = uid;
    }
    if (changed) place.open = [...open];
  };
}
