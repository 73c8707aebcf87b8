import type { RecordTransaction } from '../store/records.ts';
import type { Vault } from '../vault/vault.ts';
import type { Others, Resource, ResourceRecord } from './resource.ts';
import { formatRecord, parseRecord, readable } from './stored.ts';

/** The records of all resources as they are within a transaction. */
export function othersIn(
  transaction: RecordTransaction,
  resources: readonly Resource[],
  vault: Pick<Vault, 'open'>,
): Others {
  function resource(type: string): Resource {
    const found = resources.find((one) => one.type === type);
    if (!found) throw new Error(`there is no resource of type ${type}`);
    return found;
  }
  return {
    resource,
    async list<R extends ResourceRecord>(type: string) {
      const all = await transaction.list(type);
      return readable(all, (stored) => parseRecord<R>(resource(type), stored)).records;
    },
    async get<R extends ResourceRecord>(type: string, id: string) {
      const stored = await transaction.get(type, id);
      return stored && parseRecord<R>(resource(type), stored);
    },
    async find<R extends ResourceRecord>(type: string, id: string) {
      const stored = await transaction.get(type, id);
      const known = stored ? [stored] : [];
      return readable(known, (one) => parseRecord<R>(resource(type), one)).records[0] ?? null;
    },
    async note(type, id, members) {
      const stored = await transaction.get(type, id);
      if (!stored) return;
      const record = { ...parseRecord(resource(type), stored), ...members };
      const { name, version } = stored;
      await transaction.replace(type, {
        id,
        name,
        version,
        record: formatRecord(resource(type), record, stored),
      });
    },
    async secret(owner, name) {
      const sealed = await transaction.secret(owner, name);
      return sealed && vault.open(owner, name, sealed);
    },
  };
}
