import type { RecordReader } from '../store/records.ts';
import type { AnyField } from './field.ts';
import { fieldsOf, type Json, kindOf, type Resource, type ResourceRecord } from './resource.ts';
import { parseRecord, readable } from './stored.ts';

/** What would be left without a record that it refers to, in words; also what cannot be read, and names it. */
export async function usersOf(
  type: string,
  id: string,
  records: RecordReader,
  resources: readonly Resource[],
): Promise<string[]> {
  const found: string[] = [];
  for (const resource of resources)
    for (const stored of await records.list(resource.type)) {
      if (stored.id === id || !stored.record.includes(JSON.stringify(id))) continue;
      const [record] = readable([stored], (one) => parseRecord(resource, one)).records;
      if (record) found.push(...usesIn(resource, record, type, id));
      else found.push(`${called(resource, stored.name)}, which cannot be read`);
    }
  return found;
}

function usesIn(resource: Resource, record: ResourceRecord, type: string, id: string): string[] {
  const values = record as ResourceRecord & Json;
  const refers = ({ control }: AnyField, value: unknown) =>
    control.kind === 'reference' && control.to === type && value === id;
  return Object.entries(fieldsOf(resource, kindOf(resource, values))).flatMap(([name, field]) => {
    if (refers(field, values[name])) return [called(resource, record.name)];
    const whole = (values[name] ?? {}) as Json;
    return Object.entries(field.parts ?? {})
      .filter(([part, one]) => refers(one, whole[part]))
      .map(() => `the ${(field.group ?? field.label).toLowerCase()} of ${record.name}`);
  });
}

function called({ noun, single }: Resource, name: string): string {
  return single ? `the ${noun}` : `the ${noun} ${name}`;
}
