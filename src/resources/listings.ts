import type { RecordTransaction } from '../store/records.ts';
import { fieldsOf, type Json, kindOf, type Resource, type ResourceRecord } from './resource.ts';
import { formatRecord, parseRecord, readable } from './stored.ts';

/**
 * Takes a record that is removed out of the lists that name it. A list of which nothing is left names nothing, which is
 * not the same as all. It is no change by a person: versions stay.
 */
export async function takeOutOfLists(
  type: string,
  id: string,
  transaction: RecordTransaction,
  resources: readonly Resource[],
): Promise<void> {
  for (const resource of resources)
    for (const stored of await transaction.list(resource.type)) {
      if (!stored.record.includes(JSON.stringify(id))) continue;
      const [record] = readable([stored], (one) => parseRecord<ResourceRecord & Json>(resource, one)).records;
      const changed = record && without(resource, record, type, id);
      if (changed)
        await transaction.replace(resource.type, {
          ...stored,
          record: formatRecord(resource, changed, stored),
        });
    }
}

/** Null where no list names it. */
function without(
  resource: Resource,
  record: ResourceRecord & Json,
  type: string,
  id: string,
): (ResourceRecord & Json) | null {
  const lists = Object.entries(fieldsOf(resource, kindOf(resource, record))).filter(
    ([name, { control }]) =>
      control.kind === 'references' && control.to === type && [record[name]].flat().includes(id),
  );
  if (lists.length === 0) return null;
  const left = lists.map(([name]) => [name, [record[name]].flat().filter((one) => one !== id)]);
  return { ...record, ...Object.fromEntries(left) };
}
