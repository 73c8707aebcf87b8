import { didYouMean, nearest } from '../config/near-miss.ts';
import { invalidInput, notFound, Problem, type ProblemJson } from '../model/problem.ts';
import type { Resource, ResourceRecord } from '../resources/resource.ts';
import type { Call } from './command.ts';
import type { Api } from './connect.ts';

type Named = Pick<ResourceRecord, 'id' | 'name'>;
type Finding = Pick<Call, 'api' | 'resources'>;

/** A record that is there but cannot be read; `path` is its resource’s. */
export interface Unreadable extends Named {
  path: string;
  problem: ProblemJson;
}

/** The resource of a type. */
export function resourceOf({ resources }: Pick<Call, 'resources'>, type: string): Resource {
  const found = resources.find((one) => one.type === type);
  if (!found) throw new Error(`there is no resource of type ${type}`);
  return found;
}

export async function listOf<R extends Named = ResourceRecord>(call: Finding, type: string): Promise<R[]> {
  return (await call.api()).request('GET', `/api/${resourceOf(call, type).path}`);
}

export async function unreadableOf(api: Api, { path }: Resource): Promise<Unreadable[]> {
  const all = await api.request<Unreadable[]>('GET', '/api/unreadable');
  return all.filter((one) => one.path === path);
}

/**
 * The record of a type that a person means by its name or its id; capitals count only where they tell two apart. Throws
 * why it cannot be read; or `not-found` with the name that is near, as `input.invalid` where an option named it.
 */
export async function find<R extends Named = ResourceRecord>(
  call: Finding,
  type: string,
  meant: string,
  option?: string,
): Promise<R> {
  const all = await listOf<R>(call, type);
  const found = pick(all, meant);
  if (found) return found;
  const resource = resourceOf(call, type);
  const unreadable = pick(await unreadableOf(await call.api(), resource), meant);
  if (unreadable) throw Problem.fromJSON(unreadable.problem);
  throw missing(resource, all, meant, option);
}

/** The same where it need not be readable, as for its removal. */
export async function findAny(call: Finding, type: string, meant: string): Promise<Named> {
  const resource = resourceOf(call, type);
  const all = [...(await listOf<Named>(call, type)), ...(await unreadableOf(await call.api(), resource))];
  const found = pick(all, meant);
  if (found) return found;
  throw missing(resource, all, meant);
}

/** The id of what an option names; undefined where the option is not given. */
export async function findByOption(call: Call, type: string, option: string): Promise<string | undefined> {
  const meant = call.given.text(option);
  return meant === undefined ? undefined : (await find(call, type, meant, option)).id;
}

/** Names by id, to show instead of ids. */
export async function namesById(call: Finding, type: string): Promise<(id: string) => string> {
  const names = new Map((await listOf(call, type)).map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}

function pick<N extends Named>(all: N[], meant: string): N | undefined {
  const exact = all.find(({ id }) => id === meant) ?? all.find(({ name }) => name === meant);
  const alike = all.filter(({ name }) => name.toLowerCase() === meant.toLowerCase());
  return exact ?? (alike.length === 1 ? alike[0] : undefined);
}

function missing({ title, command }: Resource, all: Named[], meant: string, option?: string): Problem {
  const near = nearest(
    meant,
    all.map(({ name }) => name),
  );
  if (option !== undefined)
    return invalidInput([
      {
        field: `--${option}`,
        expected: `the name or id of an existing ${title}${near ? ` such as ${near}` : ''}`,
        given: meant,
      },
    ]);
  return notFound(
    `There is no such ${title}`,
    `${meant}${didYouMean(near)}`,
    `See letterbox ${command} list.`,
  );
}
