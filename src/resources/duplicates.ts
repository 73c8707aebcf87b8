import { Problem } from '../model/problem.ts';
import type { Change, Json, Resource, ResourceRecord } from './resource.ts';
import { capitalised } from './titles.ts';

/** Throws `record.duplicate` where others do the same and nobody has said that it is meant; not for what was so before. */
export async function assertMeant(
  resource: Resource,
  record: Json,
  { before, others, answers }: Pick<Change, 'before' | 'others' | 'answers'>,
): Promise<void> {
  if (resource.single || answers.duplicate === 'allow') return;
  const reasons = (await others.list<ResourceRecord>(resource.type))
    .filter(({ id }) => id !== record.id)
    .flatMap((other) => {
      const known = before === null ? [] : sameness(resource, before, other);
      return sameness(resource, record, other).filter((reason) => !known.includes(reason));
    });
  if (reasons.length === 0) return;
  throw new Problem({
    code: 'record.duplicate',
    kind: 'conflict',
    title: `There is ${reasons.length === 1 ? `a ${resource.noun}` : `more than one ${resource.noun}`} like this already`,
    detail: reasons.join(' '),
    remedy:
      'If it is meant, say so: in the form by a tick, on the command line with --allow-duplicate, in the API with "duplicate": "allow". Nothing was changed.',
    fields: [{ field: 'duplicate', expected: reasons.join(' ').replace(/\.$/, '') }],
  });
}

/** What of one is there in the other already, each as a sentence that names the other. */
function sameness(resource: Resource, record: Json, other: ResourceRecord): string[] {
  const twin = resource.twin?.(record, other) ?? null;
  const named = `${resource.noun} ${other.name}`;
  return [
    ...(inOneForm(String(record.name)) === inOneForm(other.name)
      ? [`${capitalised(`the ${named}`)} is called the same but for capitals or spaces.`]
      : []),
    ...(twin === null ? [] : [`${capitalised(`the ${named}`)} ${twin}.`]),
  ];
}

function inOneForm(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}
