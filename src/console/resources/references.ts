import { html } from 'hono/html';
import type { Choice, Control, Fields } from '../../resources/field.ts';
import { withParts } from '../../resources/field.ts';
import { kindOf, type ResourceRecord } from '../../resources/resource.ts';
import { withArticle } from '../../resources/titles.ts';
import type { Html } from '../html.ts';
import { asJson, type ShownResource } from './view.ts';

/** The records that the fields of a resource can name, by the type of their own. */
export type References = ReadonlyMap<string, { of: ShownResource; records: ResourceRecord[] }>;

type ReferenceControl = Extract<Control, { kind: 'reference' | 'references' }>;

export async function readReferences(fields: Fields, all: ShownResource[]): Promise<References> {
  const types = new Set([...withParts(fields)].flatMap(({ field: { control } }) => typeOf(control) ?? []));
  const named = all.filter(({ records }) => types.has(records.resource.type));
  const read = named.map(
    async (of) => [of.records.resource.type, { of, records: await of.records.list() }] as const,
  );
  return new Map(await Promise.all(read));
}

/** The type of the records that a field names. */
export function typeOf(control: Control): string | null {
  return control.kind === 'reference' || control.kind === 'references' ? control.to : null;
}

/** What can be chosen: those that fit, and those that are chosen already. */
export function choicesOf(control: ReferenceControl, chosen: string[], references: References): Choice[] {
  const { of, records } = references.get(control.to) ?? {};
  const fits = control.kind === 'reference' ? control.fits : undefined;
  return (records ?? [])
    .filter(
      (record) =>
        !fits ||
        chosen.includes(record.id) ||
        fits(record, of && kindOf(of.records.resource, asJson(record))),
    )
    .map((record) => {
      const remark = of?.view.remarkOf?.(record) ?? null;
      const help = of?.view.detailOf?.(record);
      return {
        value: record.id,
        label: remark === null ? record.name : `${record.name} (${remark})`,
        ...(help !== undefined && { help }),
      };
    });
}

/** Where nothing can be chosen: the way to make it. */
export function wayToAdd({ to }: ReferenceControl, references: References): Html | null {
  const { of, records = [] } = references.get(to) ?? {};
  if (!of) return null;
  const { path, title } = of.records.resource;
  const none = records.length === 0 ? 'There is none yet' : 'There is none yet that fits';
  return html`${none}: <a href="/${path}/new">add ${withArticle(title)}</a>.`;
}

/** The name of a record as a link to its page; its id where it is gone. */
export function linkTo(type: string, id: string, references: References): Html | string {
  const { of, records } = references.get(type) ?? {};
  const record = records?.find((one) => one.id === id);
  return of && record ? html`<a href="/${of.records.resource.path}/${id}">${record.name}</a>` : id;
}
