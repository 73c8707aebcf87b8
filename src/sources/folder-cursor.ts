import type { Cursor } from './source.ts';

/**
 * What a cursor says of each folder; `read` is null for what cannot be understood. Such a folder, or a whole such
 * cursor, starts from the beginning: the store knows what it has.
 */
export function readFolderCursor<Place>(
  cursor: Cursor | null,
  read: (value: unknown) => Place | null,
): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const [folder, value] of Object.entries(parse(cursor))) {
    const place = read(value);
    if (place !== null) places.set(folder, place);
  }
  return places;
}

export function writeFolderCursor(places: ReadonlyMap<string, unknown>): Cursor {
  return JSON.stringify(Object.fromEntries(places));
}

function parse(cursor: Cursor | null): object {
  try {
    const value: unknown = JSON.parse(cursor ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
