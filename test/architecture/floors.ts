/**
 * The floors of the house, lowest first; each entry is a room, a pattern of paths below `src/`.
 * A file imports from lower floors or from its own room: never up, never sideways.
 */
export const floors: string[][] = [
  ['model/', 'concurrency/'],
  ['config/', 'telemetry/', 'network/', 'outgoing/(sender|outcome)\\.ts$'],
  ['vault/', 'mime/', 'sources/[^/]+\\.ts$', 'destinations/destination\\.ts$', 'store/[^/]+\\.ts$'],
  [
    'sources/[^/]+/',
    'destinations/[^/]+/',
    'outgoing/[^/]+/',
    'store/sql/',
    'oauth/',
    'routing/',
    'compose/',
  ],
  [
    'store/(?!sql/)[^/]+/',
    'destinations/(?!destination\\.ts)[^/]+\\.ts$',
    'outgoing/(?!(sender|outcome)\\.ts)[^/]+\\.ts$',
    'intake/',
    'notifications/',
  ],
  ['doctor/'],
  ['administration/'],
  ['http/'],
  ['api/', 'console/', 'cli/'],
  ['[^/]+\\.ts$'],
];
