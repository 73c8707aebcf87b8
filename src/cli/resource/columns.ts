import type { AnyField } from '../../resources/field.ts';
import { fieldsOf, type Json, kindOf, type Resource, type ResourceRecord } from '../../resources/resource.ts';
import type { Call } from '../command.ts';
import { table } from '../output.ts';
import { type Names, namesFor } from './references.ts';
import { type Column, standingOf } from './standing.ts';

type Cell = (record: ResourceRecord) => string | null;

/** The records of a resource below each other: name, fields that have a column, how each stands, id. */
export async function tableOf(call: Call, resource: Resource, records: ResourceRecord[]): Promise<string> {
  const shown = Object.values(fieldsOf(resource)).filter(({ column }) => column !== undefined);
  const names = await namesFor(call, shown);
  const columns = new Map<string, Cell>([['NAME', ({ name }) => name]]);
  for (const { column = '' } of shown)
    columns.set(column, (record) => cellOf(resource, record, column, names));
  const all = standingOf(resource.type).columns.reduce(withColumn, [...columns]);
  all.push(['ID', ({ id }) => id]);
  return table(
    all.map(([heading]) => heading),
    records.map((record) => all.map(([, cell]) => cell(record))),
    `There are no ${resource.title}s yet. See letterbox ${resource.command} add --help.`,
  );
}

type Columns = [heading: string, cell: Cell][];

function withColumn(columns: Columns, { heading, after, of }: Column<ResourceRecord>): Columns {
  const at = columns.findIndex(([one]) => one === heading);
  if (at >= 0) return columns.with(at, [heading, of]);
  const before = columns.findIndex(([one]) => one === after);
  return columns.toSpliced(before < 0 ? columns.length : before + 1, 0, [heading, of]);
}

/** The field with this column that a record of its kind has; kinds may each have their own. */
function cellOf(resource: Resource, record: ResourceRecord, column: string, names: Names): string | null {
  const values = record as ResourceRecord & Json;
  const fields = Object.entries(fieldsOf(resource, kindOf(resource, values)));
  const [name, field] = fields.find(([, one]) => one.column === column) ?? [];
  return name === undefined || !field ? null : cellText(field, names(field, values[name]));
}

/** Short, and choices as they are typed. */
function cellText({ control, show }: AnyField, value: unknown): string | null {
  if (control.kind === 'tick') return value ? 'yes' : 'no';
  if (control.kind === 'references' && value === null) return 'all';
  if (value === null || value === undefined) return null;
  return 'choices' in control ? [value].flat().join(', ') : show(value);
}
