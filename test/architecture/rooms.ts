/**
 * The rooms of the house, the folders below `src/`, lowest first. A file imports from its own room and from lower ones:
 * never up, and no two rooms import each other. Files beside the folders are the entries, and join everything.
 */
export const rooms = [
  'model',
  'concurrency',
  'config',
  'telemetry',
  'network',
  'vault',
  'mime',
  'store',
  'resources',
  'access',
  'compose',
  'oauth',
  'delivery',
  'destinations',
  'outgoing',
  'sources',
  'intake',
  'notices',
  'discovery',
  'doctor',
  'setup',
  'administration',
  'http',
  'api',
  'cli',
  'console',
];

/** Rooms whose folders are adapters: each knows what all of the room share, and none knows another. */
export const adapterRooms = ['destinations', 'outgoing', 'sources', 'oauth/authorities', 'oauth/grants'];
