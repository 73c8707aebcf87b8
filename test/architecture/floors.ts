/**
 * The floors of the house, lowest first; each entry is a room, a pattern of paths below `src/`.
 * A file imports from lower floors or from its own room: never up, never sideways.
 */
export const floors: string[][] = [
  ['model/', 'concurrency/'],
  ['config/', 'telemetry/', 'network/'],
  ['vault/', 'mime/', 'sources/[^/]+\\.ts$', 'store/[^/]+\\.ts$'],
  ['sources/[^/]+/', 'store/sql/', 'oauth/', 'delivery/', 'compose/'],
  ['store/(?!sql/)[^/]+/', 'destinations/[^/]+/', 'outgoing/[^/]+/', 'intake/', 'notices/'],
  ['doctor/'],
  ['administration/'],
  ['http/'],
  ['api/', 'console/', 'cli/'],
  ['[^/]+\\.ts$'],
];
