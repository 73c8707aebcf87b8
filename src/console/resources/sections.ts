import type { AnyField, Fields } from '../../resources/field.ts';

/** Fields that stand under one heading; some of them folded away. */
export interface Section {
  /** Null for those that stand first, under none. */
  heading: string | null;
  plain: [name: string, field: AnyField][];
  folded: [name: string, field: AnyField][];
}

/** The fields by their groups, each in the order in which the first of it comes; those of no group first. */
export function sectionsOf(fields: Fields): Section[] {
  const sections = new Map<string | null, Section>([[null, { heading: null, plain: [], folded: [] }]]);
  for (const [name, field] of Object.entries(fields)) {
    const heading = field.group ?? null;
    const section = sections.get(heading) ?? { heading, plain: [], folded: [] };
    sections.set(heading, section);
    section[field.folded ? 'folded' : 'plain'].push([name, field]);
  }
  return [...sections.values()];
}
