import { newId } from '../model/id.ts';
import { notFound, type Problem } from '../model/problem.ts';
import type { RecordReader, RecordTransaction, StoredRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Vault } from '../vault/vault.ts';
import { assertSeen, inUse } from './conflicts.ts';
import { assertUsersFit, wrongUsers } from './dependents.ts';
import { changeOf, make, sealed } from './draft.ts';
import { readInput } from './input.ts';
import { takeOutOfLists } from './listings.ts';
import { othersIn } from './others.ts';
import {
  type Change,
  fieldsOf,
  type Json,
  kindOf,
  type Others,
  type Resource,
  type ResourceRecord,
} from './resource.ts';
import { formatRecord, parseRecord, readable, type Unreadable } from './stored.ts';
import { usersOf } from './users.ts';

/** The records of one resource: how they are read, and the one way in which they change. */
export interface Collection<R extends ResourceRecord = ResourceRecord> {
  readonly resource: Resource;
  /** Those that can be read, by name. */
  list(): Promise<R[]>;
  /** The same, and those that cannot be read. */
  all(): Promise<{ records: R[]; unreadable: Unreadable[] }>;
  /** Throws `not-found`, or why it cannot be read. */
  get(id: string): Promise<R>;
  find(id: string): Promise<R | null>;
  /**
   * Throws `input.invalid` naming every wrong field, having changed nothing. What is shown this once comes with it. `id` is
   * one that was chosen before, so that a step that may be repeated does not make it twice.
   */
  create(input: unknown, id?: string): Promise<R & Json>;
  /**
   * Fields left out stay; so do secrets left out or empty. `version` is the one that whoever changes it has seen: throws
   * `record.changed` where it is another by now.
   */
  update(id: string, input: unknown, version?: number): Promise<R>;
  /** Throws `record.in-use` while something uses it. */
  remove(id: string, options?: { version?: number | undefined; keepMessages?: boolean }): Promise<void>;
  /**
   * Changes what Letterbox itself found out, or replaces secrets: no change that anybody need have seen. Null leaves it as
   * it is. Does nothing where the record is gone: it must not come back.
   */
  note(
    id: string,
    work: (record: R, others: Others) => Promise<Noted | null> | Noted | null,
  ): Promise<R | null>;
  /** Told after each change, one after the other; awaited before the change is answered. */
  onChange(listener: Listener<R>): void;
}

export interface Noted {
  record?: Json;
  /** In the clear, by name; null forgets one. */
  secrets?: Record<string, string | null>;
}

type Listener<R> = (before: R | null, after: R | null) => Promise<void> | void;

export interface CollectionParts {
  store: Pick<Store, 'records'>;
  vault: Pick<Vault, 'seal' | 'open'>;
  config: Change['config'];
  /** Every resource, so that records can be held against those of others. */
  resources: readonly Resource[];
  /** Runs what changes a record while nothing else works with it, where something beside the store does. */
  guard?: <T>(id: string, work: () => Promise<T>) => Promise<T>;
}

/** The records of a resource in the store. Its methods are bound, so that each can be handed on alone. */
class StoredCollection<R extends ResourceRecord> implements Collection<R> {
  readonly resource: Resource;
  readonly #parts: Required<CollectionParts>;
  readonly #listeners: Listener<R>[] = [];

  constructor(resource: Resource, parts: CollectionParts) {
    this.resource = resource;
    this.#parts = { guard: (_id, work) => work(), ...parts };
  }

  all = async (): Promise<{ records: R[]; unreadable: Unreadable[] }> =>
    readable(await this.#parts.store.records.list(this.resource.type), this.#parse);

  list = async (): Promise<R[]> => (await this.all()).records;

  find = async (id: string): Promise<R | null> => {
    const stored = await this.#read(this.#parts.store.records, id);
    return stored && this.#parse(stored);
  };

  get = async (id: string): Promise<R> => {
    const found = await this.find(id);
    if (!found) throw missing(this.resource, id);
    return found;
  };

  onChange = (listener: Listener<R>): void => void this.#listeners.push(listener);

  create = async (input: unknown, chosen?: string): Promise<R & Json> => {
    const { resource } = this;
    const { store, vault } = this.#parts;
    const given = readInput(resource, input, null);
    const { record, shown } = await store.records.change(async (transaction) => {
      const id = chosen ?? (resource.single ? resource.type : newId(resource.idPrefix));
      const change = changeOf(null, given, this.#around(transaction));
      const made = await make<R>(resource, id, change, transaction, vault);
      await transaction.insert(resource.type, row(resource, made.record, null));
      return made;
    });
    await this.#tell(null, record);
    return { ...record, ...shown };
  };

  update = async (id: string, input: unknown, version?: number): Promise<R> => {
    const { resource } = this;
    const [before, after] = await this.#change(id, async (transaction) => {
      const stored = await this.#read(transaction, id);
      if (!stored) throw missing(resource, id);
      const present = this.#parse(stored);
      await assertSeen(resource, stored, version, transaction);
      const given = readInput(resource, input, present as unknown as Json);
      const around = this.#around(transaction);
      const change = changeOf(present, given, around);
      const named = changedFields(resource, present, given.fields);
      const look = async () =>
        named.length === 0
          ? new Map()
          : wrongUsers({ type: resource.type, id }, transaction, this.#parts.resources, around);
      const wrongBefore = await look();
      const { record } = await make<R>(resource, id, change, transaction, this.#parts.vault);
      const changed = { ...record, version: stored.version + 1 };
      if (stored.version === 0) await transaction.insert(resource.type, row(resource, changed, stored));
      else await transaction.replace(resource.type, row(resource, changed, stored));
      assertUsersFit(named, wrongBefore, await look());
      return [present, changed] as const;
    });
    await this.#tell(before, after);
    return after;
  };

  remove: Collection<R>['remove'] = async (id, { version, keepMessages = false } = {}) => {
    const { resource } = this;
    const before = await this.#change(id, async (transaction) => {
      const stored = await transaction.get(resource.type, id);
      if (!stored) throw missing(resource, id);
      await assertSeen(resource, stored, version, transaction);
      const users = await usersOf(resource.type, id, transaction, this.#parts.resources);
      if (users.length > 0) throw inUse(resource, stored.name, users);
      await takeOutOfLists(resource.type, id, transaction, this.#parts.resources);
      // One that cannot be read can be removed all the same; whoever is told needs no more than its id.
      const [present] = readable([stored], this.#parse).records;
      if (present) await resource.follow?.(present, this.#around(transaction));
      await transaction.remove(resource.type, id, { keepMessages });
      return present ?? ({ id, name: stored.name, version: stored.version } as R);
    });
    await this.#tell(before, null);
  };

  note: Collection<R>['note'] = (id, work) =>
    this.#parts.store.records.change(async (transaction) => {
      const stored = await transaction.get(this.resource.type, id);
      if (!stored) return null;
      const present = this.#parse(stored);
      const noted = await work(present, this.#around(transaction).others);
      if (!noted) return present;
      const record = { ...present, ...noted.record };
      await transaction.replace(this.resource.type, row(this.resource, record, stored));
      await transaction.seal(id, sealed(id, noted.secrets ?? {}, this.#parts.vault));
      return record;
    });

  #parse = (stored: StoredRecord): R => parseRecord<R>(this.resource, stored);

  #around(transaction: RecordTransaction): Pick<Change, 'others' | 'config'> {
    const { resources, vault, config } = this.#parts;
    return { others: othersIn(transaction, resources, vault), config };
  }

  #change<T>(id: string, work: (transaction: RecordTransaction) => Promise<T>): Promise<T> {
    return this.#parts.guard(id, () => this.#parts.store.records.change(work));
  }

  /**
   * Of what there is always one, there is one also before anything was said of it. It cannot be removed, so where it
   * cannot be read it is as if nothing had been said; `all` tells so.
   */
  async #read(records: RecordReader, id: string): Promise<StoredRecord | null> {
    const { type, single } = this.resource;
    const stored = await records.get(type, id);
    if (!single) return stored;
    if (!stored) return id === type ? { id, name: id, version: 0, record: '{}' } : null;
    const { unreadable } = readable([stored], this.#parse);
    return unreadable.length > 0 ? { ...stored, record: '{}' } : stored;
  }

  async #tell(before: R | null, after: R | null): Promise<void> {
    for (const listener of this.#listeners) await listener(before, after);
  }
}

export function createCollection<R extends ResourceRecord>(
  resource: Resource,
  parts: CollectionParts,
): Collection<R> {
  return new StoredCollection<R>(resource, parts);
}

/** Fields that a change makes another value of, and on which others may rely: nobody does on a name, or on what is free. */
function changedFields(resource: Resource, present: ResourceRecord, given: Json): string[] {
  const before = present as ResourceRecord & Json;
  const fields = fieldsOf(resource, kindOf(resource, { ...before, ...given }));
  return Object.keys(given).filter(
    (name) =>
      name !== 'name' && !fields[name]?.free && JSON.stringify(before[name]) !== JSON.stringify(given[name]),
  );
}

function row(resource: Resource, record: ResourceRecord, stored: StoredRecord | null): StoredRecord {
  const { id, name, version } = record;
  return { id, name, version, record: formatRecord(resource, record, stored) };
}

function missing({ title, path }: Resource, id: string): Problem {
  return notFound(
    `There is no such ${title}`,
    id,
    `List the ${path.replaceAll('-', ' ')} to see what is there.`,
  );
}
