/**
 * The floors of the house, lowest first; each entry is a room, a pattern of paths below `src/`.
 * A file imports from lower floors or from its own room: never up, never sideways.
 */
export const floors: string[][] = [
  ['model/'],
  ['config/', 'telemetry/', 'network/'],
  ['vault/', 'mime/', 'sources/[^/]+\\.ts$', 'destinations/destination\\.ts$', 'store/store\\.ts$'],
  ['sources/[^/]+/', 'destinations/[^/]+/', 'store/sql/', 'oauth/', 'routing/'],
  ['store/(?!sql/)[^/]+/', 'destinations/(?!destination\\.ts)[^/]+\\.ts$', 'intake/'],
  ['doctor/'],
  ['administration/'],
  ['http/'],
  ['api/', 'console/', 'cli/'],
  ['[^/]+\\.ts$'],
];
