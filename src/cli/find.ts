import { didYouMean, nearest } from '../config/near-miss.ts';
import { invalidInput, notFound } from '../model/problem.ts';
import type { Given } from './command.ts';
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

/**
 * The one that a person means by its name or its id; capitals count only where they tell two apart. Throws
 * `not-found` with the name that is near; `input.invalid` where it was named by an option.
 */
export async function find<T extends Named>(
  api: Api,
  kind: keyof typeof kinds,
  meant: string,
  option?: `--${string}`,
): Promise<T> {
  const all = await api.request<T[]>('GET', `/api/${kind}`);
  const exact = all.find(({ id }) => id === meant) ?? all.find(({ name }) => name === meant);
  const alike = all.filter(({ name }) => name.toLowerCase() === meant.toLowerCase());
  const found = exact ?? (alike.length === 1 ? alike[0] : undefined);
  if (found) return found;
  const near = nearest(
    meant,
    all.map(({ name }) => name),
  );
  if (option)
    throw invalidInput([
      {
        field: option,
        expected: `the name or id of an existing ${kinds[kind]}${near ? ` such as ${near}` : ''}`,
        given: meant,
      },
    ]);
  throw notFound(
    `There is no such ${kinds[kind]}`,
    `${meant}${didYouMean(near)}`,
    `See letterbox ${lists[kind]}.`,
  );
}

/** The id of what an option names; undefined where the option is not given. */
export async function findByOption(
  api: Api,
  kind: keyof typeof kinds,
  given: Given,
  option: string,
): Promise<string | undefined> {
  const meant = given.text(option);
  return meant === undefined ? undefined : (await find(api, kind, meant, `--${option}`)).id;
}

/** Names by id, to show instead of ids. */
export async function namesById(api: Api, kind: keyof typeof kinds): Promise<(id: string) => string> {
  const all = await api.request<Named[]>('GET', `/api/${kind}`);
  const names = new Map(all.map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}
