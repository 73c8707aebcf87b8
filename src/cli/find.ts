import { didYouMean, nearest } from '../config/near-miss.ts';
import { Problem } from '../model/problem.ts';
import type { Api } from './connect.ts';

interface Named {
  id: string;
  name: string;
}

/** What people name, and what the API lists it under. */
const kinds = {
  profiles: 'credential profile',
  servers: 'incoming email server',
  destinations: 'destination',
  'outgoing-servers': 'outgoing email server',
} as const;

/** The command that lists them. */
const lists: Record<keyof typeof kinds, string> = {
  profiles: 'profile list',
  servers: 'server list',
  destinations: 'destination list',
  'outgoing-servers': 'outgoing list',
};

/** The one that a person means by its name or its id. Throws `not-found` with the name that is near. */
export async function find<T extends Named>(api: Api, kind: keyof typeof kinds, meant: string): Promise<T> {
  const all = await api.request<T[]>('GET', `/api/${kind}`);
  const found =
    all.find(({ id }) => id === meant) ??
    all.find(({ name }) => name === meant) ??
    all.find(({ name }) => name.toLowerCase() === meant.toLowerCase());
  if (found) return found;
  const near = nearest(
    meant,
    all.map(({ name }) => name),
  );
  throw new Problem({
    code: 'not-found',
    title: `There is no such ${kinds[kind]}`,
    detail: `${meant}${didYouMean(near)}`,
    remedy: `See letterbox ${lists[kind]}.`,
  });
}

/** Names by id, to show instead of ids. */
export async function namesById(api: Api, kind: keyof typeof kinds): Promise<(id: string | null) => string> {
  const all = await api.request<Named[]>('GET', `/api/${kind}`);
  const names = new Map(all.map(({ id, name }) => [id, name]));
  return (id) => (id === null ? '-' : (names.get(id) ?? id));
}
